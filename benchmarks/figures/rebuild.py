"""A rebuild of tickets beside raw `_bulk` of the same bytes: the documents ready in memory, nothing else to do."""

from __future__ import annotations

import httpx

from benchmarks.harness.children import RebuildRun, rebuild_in_child
from benchmarks.harness.expected import documents_of
from benchmarks.harness.figure import Bench, Figure
from benchmarks.harness.interleave import interleaved
from benchmarks.harness.raw_bulk import RawBulk
from benchmarks.harness.result import Row, at_least, no_more_than
from benchmarks.harness.spread import Spread
from benchmarks.harness.world import World
from projector.projections.registry import PROJECTIONS
from read_models.names import alias

MODEL = "tickets"
_ALL = "SELECT id FROM tickets ORDER BY id"
MEMORY_LIMIT_MB = 200
CONNECTIONS_TRIED = (1, 2, 3, 4)


async def measure(bench: Bench) -> list[Row]:
    projection = PROJECTIONS[MODEL]
    async with bench.world(bench.sizes.tickets) as world:
        raw = RawBulk(world.settings, [(projection.model, await documents_of(world, projection, _ALL))])
        connections = await raw.best_connections(CONNECTIONS_TRIED[: 1 if bench.quick else None])
        own, limits = await interleaved(
            bench.runs, lambda: rebuild_in_child(world.settings, MODEL), lambda: raw.run(connections)
        )
        stored = await index_bytes(world)
    rebuilt = Spread.of(run.documents / run.seconds for run in own)
    size = raw.bytes / raw.count / 1_000
    return [
        Row(
            f"rebuild, {bench.sizes.tickets:,} tickets with 2 messages",
            "documents/s",
            rebuilt,
            Spread.of(limit.searchable for limit in limits),
            f"raw `_bulk` of the same bytes until they are searchable, {connections} connections",
            (at_least(0.9),),
            note=f"{size:.1f} kB a document; the whole command: new index, copy, check of every digest, swap",
        ),
        Row(
            f"rebuild, {bench.sizes.tickets:,} tickets with 2 messages",
            "documents/s",
            rebuilt,
            Spread.of(limit.sent for limit in limits),
            "raw `_bulk` until the last answer, nothing searchable yet",
            note="what is in memory then still has to be written",
        ),
        processor_row(own, f"{bench.sizes.tickets:,} tickets"),
        Row("ticket in the index, on disk", "kB", Spread.of([stored / bench.sizes.tickets / 1_000])),
    ]


async def index_bytes(world: World) -> int:
    path = f"/{alias(world.settings.namespace, MODEL)}/_stats/store"
    async with httpx.AsyncClient(base_url=world.settings.elasticsearch_url, trust_env=False) as http:
        answer = await http.get(path)
    return int(answer.json()["_all"]["primaries"]["store"]["size_in_bytes"])


async def measure_memory(bench: Bench) -> list[Row]:
    size = bench.sizes.growth[-1]
    async with bench.world(size) as world:
        run = world.rebuilt or await rebuild_in_child(world.settings, MODEL)
    return [
        Row(
            f"projector memory in a rebuild of {size:,} tickets",
            "MB resident",
            Spread.of([run.peak_rss_mb]),
            targets=(no_more_than(MEMORY_LIMIT_MB),),
            note=f"{run.documents / run.seconds:,.0f} documents/s, {run.seconds:.0f} s",
        ),
        processor_row([run], f"{size:,} tickets"),
    ]


def processor_row(runs: list[RebuildRun], what: str) -> Row:
    used = Spread.of(run.cpu_seconds / run.documents * 1_000 for run in runs)
    peak = Spread.of(run.peak_rss_mb for run in runs)
    return Row(f"projector CPU in a rebuild of {what}", "s per 1,000 documents", used, note=f"peak {peak.most:.0f} MB")


FIGURE = Figure(
    "rebuild",
    "rebuild beside raw _bulk",
    measure,
    lambda sizes: 40 + sizes.tickets / 2_500 + (sizes.runs * 2 + 4) * sizes.tickets / 9_000,
)
MEMORY = Figure(
    "memory",
    "memory of the largest rebuild",
    measure_memory,
    lambda sizes: 20 + sizes.growth[-1] / 3_000,
)
