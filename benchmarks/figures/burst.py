"""Twenty thousand mixed changes as fast as they can be committed: how long until search shows all of them."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
import orjson
from redis.asyncio import Redis

from benchmarks.harness.children import run_child
from benchmarks.harness.expected import Expected, Watch, changed_since
from benchmarks.harness.figure import Bench, Figure
from benchmarks.harness.raw_bulk import RawBulk
from benchmarks.harness.result import Row, at_least, no_more_than
from benchmarks.harness.servers import projecting, until_published
from benchmarks.harness.spread import Spread
from benchmarks.harness.world import ALL_READ_MODELS, World
from projector.projections.registry import PROJECTIONS
from read_models.keys import Keys
from read_models.names import alias

PATIENCE_S = 120.0
LOOK_INTERVAL_S = 0.02
RAW_CONNECTIONS = 3
# Nearly two minutes: Elasticsearch compiles what it does under load for that long, on the same cores.
UNCOUNTED_RUNS = 4


@dataclass(frozen=True)
class Live:
    after_last_commit_s: float
    missing: int
    commits_per_s: float


@dataclass(frozen=True)
class Backlog:
    documents_per_s: float
    raw_documents_per_s: float
    cpu_s_per_1000_changes: float


async def measure(bench: Bench) -> list[Row]:
    changes = bench.sizes.burst_changes
    async with bench.copy_of(bench.sizes.tickets, "burst", ALL_READ_MODELS) as world:
        async with projecting(world.settings, bench.logs):
            await until_published(world.settings)
            for seed in bench.uncounted(UNCOUNTED_RUNS):
                await _live(bench, world, seed)
            live = [await _live(bench, world, run) for run in range(bench.runs)]
        backlogs = [await _backlog(bench, world, bench.runs + run) for run in range(bench.runs)]
    committed = Spread.of(one.commits_per_s for one in live)
    used = Spread.of(one.cpu_s_per_1000_changes for one in backlogs)
    return [
        Row(
            f"burst of {changes:,} mixed changes, last commit to all searchable and equal",
            "s",
            Spread.of(one.after_last_commit_s for one in live),
            targets=(no_more_than(2),),
            note=f"committed at {committed.median:,.0f}/s by 16 writers while it projects; pgsync there: 226 s",
        ),
        Row(
            f"burst of {changes:,} mixed changes, documents not searchable or not equal",
            "missing",
            Spread.of(float(one.missing) for one in live),
            targets=(no_more_than(0),),
        ),
        Row(
            f"backlog of {changes:,} mixed changes, projected until searchable",
            "documents/s",
            Spread.of(one.documents_per_s for one in backlogs),
            Spread.of(one.raw_documents_per_s for one in backlogs),
            f"raw `_bulk` of the same documents into copies of the same indices, {RAW_CONNECTIONS} connections",
            (at_least(0.6),),
            note=f"{used.median:.2f} s of projector CPU per 1,000 changes; pgsync there: 9.8 s",
        ),
    ]


async def _live(bench: Bench, world: World, seed: int) -> Live:
    done = await _commit(bench, world, seed)
    watch = Watch(world, "version", {"tickets": done["versions"]})
    async with httpx.AsyncClient(trust_env=False, timeout=30.0) as http:
        give_up = time.monotonic() + PATIENCE_S
        # To ask for thousands of documents over and over takes from both cores what it measures. So Tidedesk says
        # itself when it is done, and then all of them are looked for.
        await _until_fresh(world, datetime.fromisoformat(done["ended_at"]), give_up)
        while True:
            refreshes, began_s = await _refreshes(http, world), time.monotonic()
            await watch.look(http)
            if not watch.missing or time.monotonic() > give_up:
                break
            await asyncio.sleep(LOOK_INTERVAL_S)
        # Looking takes long itself. What it found without a refresh in between could be found when it began.
        searchable_s = began_s if await _refreshes(http, world) == refreshes else time.monotonic()
        after_s = searchable_s - done["last_commit_s"]
        # Comparing every document with Postgres takes seconds, so it is not part of the time.
        equal = Watch(world, "digest", (await changed_since(world, datetime.fromisoformat(done["began_at"]))).digests())
        await equal.look(http)
    return Live(after_s, watch.missing + equal.missing, bench.sizes.burst_changes / done["seconds"])


async def _refreshes(http: httpx.AsyncClient, world: World) -> int:
    """How many times the index of tickets was refreshed for those who search it."""
    index = alias(world.settings.namespace, "tickets")
    answer = await http.get(f"{world.settings.elasticsearch_url}/{index}/_stats/refresh")
    answer.raise_for_status()
    return int(answer.json()["_all"]["total"]["refresh"]["external_total"])


async def _until_fresh(world: World, moment: datetime, give_up: float) -> None:
    async with Redis.from_url(world.settings.redis_url) as redis:
        while time.monotonic() < give_up:
            published = await redis.get(Keys(world.settings.namespace).freshness)
            if published and datetime.fromisoformat(orjson.loads(published)["as_of"]) >= moment:
                return
            await asyncio.sleep(LOOK_INTERVAL_S)


async def _backlog(bench: Bench, world: World, seed: int) -> Backlog:
    done = await _commit(bench, world, seed)
    expected = await changed_since(world, datetime.fromisoformat(done["began_at"]))
    raw = _raw(world, expected)
    limit = await raw.run(RAW_CONNECTIONS)
    drained = await run_child(world.settings, "benchmarks.children.drain")
    return Backlog(
        expected.count / drained["seconds"],
        limit.searchable,
        drained["cpu_seconds"] / bench.sizes.burst_changes * 1_000,
    )


async def _commit(bench: Bench, world: World, seed: int) -> dict[str, Any]:
    sizes = (str(bench.sizes.burst_changes), str(seed))
    return dict(await run_child(world.settings, "benchmarks.children.burst", *sizes))


def _raw(world: World, expected: Expected) -> RawBulk:
    return RawBulk(
        world.settings,
        [(PROJECTIONS[model].model, documents) for model, documents in expected.documents.items()],
        onto_live=True,
    )


FIGURE = Figure(
    "burst",
    "burst of mixed changes",
    measure,
    lambda sizes: 30 + sizes.tickets / 1_500 + (sizes.runs * 2 + UNCOUNTED_RUNS) * sizes.burst_changes / 800,
)
