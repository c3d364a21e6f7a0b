"""How many tickets by id and how many list pages one process of the query API answers."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Sequence
from contextlib import AbstractAsyncContextManager
from itertools import chain
from pathlib import Path

import httpx
import orjson

from benchmarks.bare.same_bytes import ANSWERS
from benchmarks.figures.create_ticket import busiest, latencies
from benchmarks.harness.figure import Bench, Figure
from benchmarks.harness.interleave import interleaved, taking_turns
from benchmarks.harness.load import Load, Request, drive
from benchmarks.harness.recorder import searches_behind
from benchmarks.harness.result import Row, at_least
from benchmarks.harness.servers import Process, product, serving
from benchmarks.harness.spread import Spread
from benchmarks.harness.world import World, made_id

CLIENTS = 16
TICKETS_READ = 500
# The first answer says how dense a list is, the second is asked for in a window already.
TIMES_UNTIL_NARROWED = 3


def list_paths() -> list[str]:
    return [
        "/v1/tickets?limit=25",
        "/v1/tickets?limit=25&status=open",
        f"/v1/tickets?limit=25&group={made_id('group', 1)}&status=open&status=pending",
        f"/v1/tickets?limit=25&assignee={made_id('agent', 3)}",
    ]


async def measure(bench: Bench) -> list[Row]:
    async with bench.world(bench.sizes.tickets) as world:
        rows = await world.pool.fetch("SELECT id FROM tickets ORDER BY md5(id::text) LIMIT $1", TICKETS_READ)
        by_id = [f"/v1/tickets/{row['id']}" for row in rows]
        plain, narrowed = [
            await searches_behind(world.settings, list_paths(), world.token(), bench.logs, times_asked)
            for times_asked in (1, TIMES_UNTIL_NARROWED)
        ]
        async with product("read_api", world.settings, bench.logs) as ours:
            # Twice: the first time brings the tickets into Redis, as the projector does with every change.
            await answers(ours, by_id, world.token())
            given = await answers(ours, [*by_id, *list_paths()], world.token())
            with tempfile.TemporaryDirectory() as folder:
                async with _bare(given, Path(folder), bench.logs) as bare:
                    return [
                        await _by_id(bench, world, ours, bare, by_id),
                        *await _lists(bench, world, ours, bare, plain, narrowed),
                    ]


async def _by_id(bench: Bench, world: World, ours: Process, bare: Process, paths: Sequence[str]) -> Row:
    own, limit = await interleaved(
        bench.runs, lambda: _load(bench, world, ours, paths), lambda: _load(bench, world, bare, paths)
    )
    return Row(
        f"ticket by id, {CLIENTS} clients",
        "requests/s",
        Spread.of(load.rate for load in own),
        Spread.of(load.rate for load in limit),
        "bare FastAPI answering the same bytes",
        (at_least(0.7),),
        note=f"{latencies(own)}; generator at most {busiest(own + limit):.0%} of a core",
    )


async def _lists(
    bench: Bench,
    world: World,
    ours: Process,
    bare: Process,
    plain: Sequence[Request],
    narrowed: Sequence[Request],
) -> list[Row]:
    paths = list_paths()

    def searched(searches: Sequence[Request]) -> Awaitable[Load]:
        return drive(world.settings.elasticsearch_url, searches, clients=CLIENTS, seconds=bench.sizes.load_s)

    own, *limits = await taking_turns(
        bench.runs,
        lambda: _load(bench, world, ours, paths),
        lambda: searched(plain),
        lambda: searched(narrowed),
        lambda: _load(bench, world, bare, paths),
    )
    note = f"4 lists in turn; {latencies(own)}; generator at most {busiest([*own, *chain(*limits)]):.0%} of a core"
    besides = (
        ("the raw Elasticsearch query for the same page", note),
        ("that query in the window in which the query API asks it", "what the window saves is in both (ADR 12)"),
        ("bare FastAPI answering the same bytes", "how much of the work is the search itself"),
    )
    rates = Spread.of(load.rate for load in own)
    return [
        Row(
            f"list page of 25, {CLIENTS} clients",
            "requests/s",
            rates,
            Spread.of(load.rate for load in limit),
            beside,
            () if beside.startswith("bare") else (at_least(0.8),),
            note=note,
        )
        for limit, (beside, note) in zip(limits, besides, strict=True)
    ]


async def _load(bench: Bench, world: World, server: Process, paths: Sequence[str]) -> Load:
    requests = [Request("GET", path, token=world.token()) for path in paths]
    return await drive(server.url, requests, clients=CLIENTS, seconds=bench.sizes.load_s)


async def answers(server: Process, paths: Sequence[str], token: str) -> dict[str, str]:
    async with httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=30.0) as http:

        async def one(path: str) -> str:
            answer = await http.get(path, headers={"Authorization": f"Bearer {token}"})
            answer.raise_for_status()
            return answer.text

        found: dict[str, str] = {}
        for start in range(0, len(paths), CLIENTS):
            part = paths[start : start + CLIENTS]
            found |= dict(zip(part, await asyncio.gather(*(one(path) for path in part))))
    return found


def _bare(given: dict[str, str], folder: Path, logs: Path) -> AbstractAsyncContextManager[Process]:
    file = folder / "answers.json"
    file.write_bytes(orjson.dumps(given))
    return serving("benchmarks.bare.same_bytes:create_app", {**os.environ, ANSWERS: str(file)}, logs)


FIGURE = Figure(
    "reads",
    "ticket by id and list page",
    measure,
    lambda sizes: 15 + sizes.runs * 6 * (sizes.load_s + 1),
)
