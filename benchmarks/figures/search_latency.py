"""Searches and lists as data grows, each search beside the same body sent to Elasticsearch directly."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

from benchmarks.data.words import COMMON, MEDIUM_RANK, RARE_RANK, words_around
from benchmarks.harness.figure import Bench, Figure
from benchmarks.harness.interleave import interleaved
from benchmarks.harness.load import Load, Request, drive
from benchmarks.harness.recorder import searches_behind
from benchmarks.harness.result import Row, at_most
from benchmarks.harness.servers import Process, product
from benchmarks.harness.spread import Spread
from benchmarks.harness.world import World, made_id

CLIENTS = (1, 8)


def searches() -> dict[str, list[str]]:
    """Those of one kind differ in their words, or only caches would be measured."""
    medium, rare = words_around(MEDIUM_RANK, len(COMMON)), words_around(RARE_RANK, len(COMMON))
    group = made_id("group", 2)
    return {
        "common word": [_search(word) for word in COMMON],
        "rare word": [_search(word) for word in rare],
        "two words": [_search(f"{one} {other}") for one, other in zip(COMMON, medium)],
        "word with filters": [_search(word) + f"&status=open&status=pending&group={group}" for word in medium],
    }


def asked(bench: Bench) -> dict[str, list[str]]:
    every = searches()
    return {kind: every[kind][:2] for kind in ("two words",)} if bench.quick else every


@dataclass
class Measured:
    """p95 in ms of every run, by size, kind and clients."""

    ours: dict[tuple[int, str, int], Spread] = field(default_factory=dict)
    raw: dict[tuple[int, str, int], Spread] = field(default_factory=dict)


async def measure(bench: Bench) -> list[Row]:
    measured = Measured()
    for size in bench.sizes.growth:
        async with bench.world(size) as world:
            await _measure_size(bench, world, measured)
    sizes = bench.sizes.growth
    rows = [
        Row(
            f"search p95, {kind}, {clients} client{'s' if clients > 1 else ''}, {size:,} tickets",
            "ms",
            own,
            measured.raw[size, kind, clients],
            "the raw Elasticsearch query",
            (at_most(1.3),),
        )
        for (size, kind, clients), own in measured.ours.items()
    ]
    return rows + [
        Row(
            f"search p95, {kind}, {clients} client{'s' if clients > 1 else ''}, {sizes[-1]:,} tickets",
            "ms",
            measured.ours[sizes[-1], kind, clients],
            measured.ours[sizes[0], kind, clients],
            f"the same at {sizes[0]:,} tickets",
            (at_most(3),),
        )
        for kind in asked(bench)
        for clients in CLIENTS
    ]


async def _measure_size(bench: Bench, world: World, measured: Measured) -> None:
    kinds = asked(bench)
    every = [path for paths in kinds.values() for path in paths]
    behind = dict(zip(every, await searches_behind(world.settings, every, world.token(), bench.logs)))
    async with product("read_api", world.settings, bench.logs) as read_api:
        for kind, paths in kinds.items():
            raw = [behind[path] for path in paths]
            for clients in CLIENTS:
                bench.progress.say(f"{world.tickets:,} tickets, {kind}, {clients} clients")
                own, limit = await interleaved(
                    bench.runs,
                    lambda: _ask(bench, world, read_api, paths, clients),
                    lambda: drive(world.settings.elasticsearch_url, raw, clients=clients, seconds=bench.sizes.load_s),
                )
                measured.ours[world.tickets, kind, clients] = Spread.of(load.p95_ms for load in own)
                measured.raw[world.tickets, kind, clients] = Spread.of(load.p95_ms for load in limit)


async def _ask(bench: Bench, world: World, read_api: Process, paths: list[str], clients: int) -> Load:
    requests = [Request("GET", path, token=world.token()) for path in paths]
    return await drive(read_api.url, requests, clients=clients, seconds=bench.sizes.load_s)


def _search(text: str) -> str:
    return f"/v1/search/tickets?limit=25&q={quote(text)}"


FIGURE = Figure(
    "search",
    "search p95 as tickets grow",
    measure,
    lambda sizes: sum(sizes.growth) / 2_000 + len(sizes.growth) * (25 + sizes.runs * 16 * (sizes.load_s + 1)),
)
