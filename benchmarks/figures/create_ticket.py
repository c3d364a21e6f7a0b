from __future__ import annotations

from benchmarks.data.generator import customers
from benchmarks.data.requests import ticket_bodies
from benchmarks.harness.children import environment_of
from benchmarks.harness.figure import Bench, Figure
from benchmarks.harness.interleave import interleaved
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
    async with bench.copy_of(size, "create", indexed=False) as world:
        environment = environment_of(world.settings)
        async with product("write_api", world.settings, bench.logs) as ours:
            async with serving("benchmarks.bare.create_ticket:create_app", environment, bench.logs) as bare:

                async def load(server: Process) -> Load:
                    requests = [Request("POST", "/v1/tickets", body, world.token()) for body in bodies]
                    return await drive(server.url, requests, clients=CLIENTS, seconds=bench.sizes.load_s)

                own, limit = await interleaved(bench.runs, lambda: load(ours), lambda: load(bare))
    return [
        Row(
            f"create ticket, {CLIENTS} clients",
            "requests/s",
            Spread.of(load.rate for load in own),
            Spread.of(load.rate for load in limit),
            "bare FastAPI, the same rows inserted with asyncpg",
            (at_least(0.6),),
            note=f"one process each; {latencies(own)}; generator at most {busiest(own + limit):.0%} of a core",
        )
    ]


def latencies(loads: list[Load]) -> str:
    p50, p99 = Spread.of(load.p50_ms for load in loads), Spread.of(load.p99_ms for load in loads)
    return f"p50 {p50.median:.1f} ms, p99 {p99.median:.1f} ms"


def busiest(loads: list[Load]) -> float:
    return max(load.busy for load in loads)


FIGURE = Figure(
    "create",
    "create ticket",
    measure,
    lambda sizes: 20 + sizes.tickets / 3_000 + sizes.runs * 2 * (sizes.load_s + 1),
)
