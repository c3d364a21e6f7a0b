from __future__ import annotations

from contextlib import AsyncExitStack
from itertools import chain

from benchmarks.data.generator import customers
from benchmarks.data.requests import ticket_bodies
from benchmarks.harness.children import environment_of
from benchmarks.harness.figure import Bench, Figure
from benchmarks.harness.interleave import taking_turns
from benchmarks.harness.load import Load, Request, drive
from benchmarks.harness.result import Row, at_least
from benchmarks.harness.servers import Process, product, serving
from benchmarks.harness.spread import Spread

CLIENTS = 16
BODIES = 1_000


async def measure(bench: Bench) -> list[Row]:
    size = bench.sizes.tickets
    bodies = ticket_bodies(BODIES, customers(size))
    # Only the database counts here, and the projector is not running: what it costs is another figure.
    async with bench.copy_of(size, "create", ()) as world:
        environment = environment_of(world.settings)
        tokens = [world.token(client) for client in range(CLIENTS)]
        requests = [Request("POST", "/v1/tickets", body, tokens[n % CLIENTS]) for n, body in enumerate(bodies)]
        async with AsyncExitStack() as started:
            ours = await started.enter_async_context(product("write_api", world.settings, bench.logs))
            plain, at_once = [
                await started.enter_async_context(
                    serving(f"benchmarks.bare.{module}:create_app", environment, bench.logs)
                )
                for module in ("create_ticket", "create_ticket_at_once")
            ]

            async def load(server: Process) -> Load:
                return await drive(server.url, requests, clients=CLIENTS, seconds=bench.sizes.load_s)

            own, *limits = await taking_turns(
                bench.runs, lambda: load(ours), lambda: load(plain), lambda: load(at_once)
            )
    note = f"one process each; {latencies(own)}; generator at most {busiest([*own, *chain(*limits)]):.0%} of a core"
    return [
        _row(
            own, limits[0], "bare FastAPI, the same rows in one transaction of asyncpg, one INSERT a table", note, True
        ),
        _row(
            own, limits[1], "bare FastAPI, the same rows in one hand-written statement", "without any check of who asks"
        ),
    ]


def _row(own: list[Load], limit: list[Load], beside: str, note: str, has_target: bool = False) -> Row:
    return Row(
        f"create ticket, {CLIENTS} clients",
        "requests/s",
        Spread.of(load.rate for load in own),
        Spread.of(load.rate for load in limit),
        beside,
        (at_least(0.6),) if has_target else (),
        note=note,
    )


def latencies(loads: list[Load]) -> str:
    p50, p99 = Spread.of(load.p50_ms for load in loads), Spread.of(load.p99_ms for load in loads)
    return f"p50 {p50.median:.1f} ms, p99 {p99.median:.1f} ms"


def busiest(loads: list[Load]) -> float:
    return max(load.busy for load in loads)


FIGURE = Figure(
    "create",
    "create ticket",
    measure,
    lambda sizes: 20 + sizes.tickets / 3_000 + sizes.runs * 3 * (sizes.load_s + 1),
)
