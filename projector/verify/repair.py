"""Puts right exactly what differs.

In Elasticsearch the documents themselves are written. What Redis holds of an aggregate goes through the outbox, whose
order the versions that count as applied need; copies by id are only dropped.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from typing import cast
from uuid import UUID

from projector.bootstrap import Projector
from projector.locks import Pool
from projector.projections.registry import PROJECTIONS, PROJECTIONS_BY_AGGREGATE, SENTINEL
from projector.relay.claim import BACKGROUND_LANE
from projector.sinks.redis import within
from projector.verify.counters import correct, deviations
from projector.verify.difference import Difference
from projector.verify.recheck import unaccounted
from projector.verify.redis import STORE as REDIS
from projector.verify.rewrite import Rewrite
from projector.verify.strays import remove
from projector.verify.verify import Verifier, open_verifier
from projector.verify.versions import drawn_version, leap, raise_to
from write_api.persistence.enqueue import AGGREGATE_TABLES, enqueue
from write_api.persistence.outbox import SHARDS

# Without any progress, as when a store is away.
LONGEST_PAUSE_S = 60.0
LOOK_EVERY_S = 0.1
REDIS_TIMEOUT_S = 5.0
REASON = "Repair"
CACHED_MODELS = ("tickets", "documents", "document_drafts")

_WAITING = "SELECT EXISTS (SELECT 1 FROM pending_changes WHERE lane = $1 AND event_type = $2 AND attempts = 0)"

Drained = Callable[[Projector], Awaitable[None]]


async def drain_repairs(projector: Projector) -> None:
    """Whether or not a projector is running: the shards' locks keep several apart."""
    deadline = time.monotonic() + LONGEST_PAUSE_S
    drain, rows = projector.drain(), projector.settings.projector_batch_rows
    async with projector.pool.acquire() as connection:
        while time.monotonic() < deadline:
            result = await drain.batch(connection, list(range(SHARDS)), BACKGROUND_LANE, rows)
            if not result.claimed and not await connection.fetchval(_WAITING, BACKGROUND_LANE, REASON):
                return
            if result.done:
                deadline = time.monotonic() + LONGEST_PAUSE_S
            else:
                await asyncio.sleep(LOOK_EVERY_S)


async def await_relay(projector: Projector) -> None:
    """Inside a running projector, which drains them by itself."""
    projector.woken.ring()
    deadline = time.monotonic() + LONGEST_PAUSE_S
    while await projector.pool.fetchval(_WAITING, BACKGROUND_LANE, REASON) and time.monotonic() < deadline:
        await asyncio.sleep(LOOK_EVERY_S)


async def repair(
    projector: Projector, differences: list[Difference], drained: Drained = drain_repairs
) -> list[Difference]:
    """Answers what still differs afterwards."""
    highest = max((difference.version for difference in differences), default=0)
    if highest > await drawn_version(projector.pool):
        await raise_to(projector.pool, highest)
    if any(difference.kind == "missing" and difference.store != REDIS for difference in differences):
        await leap(projector.pool)
    verifier = await open_verifier(projector)
    refused = await _rewrite(projector, verifier, differences)
    await _forget(projector, differences)
    # What Elasticsearch refuses the relay tries again, until it is a dead letter.
    again = await _by_aggregate_type(projector.pool, refused)
    for difference in differences:
        if difference.store == REDIS and difference.projection in ("guards", "labels"):
            again.setdefault(difference.aggregate_type or "", set()).add(difference.aggregate_id)
    for aggregate_type, ids in again.items():
        await enqueue(projector.pool, aggregate_type, ids, REASON)
    if again:
        await drained(projector)
    # After the guards, which say what is counted.
    if await deviations(projector.pool, projector.redis):
        await correct(projector.pool, projector.redis)
    left = await verifier.lasting(await verifier.look_again(differences))
    strays = [difference for difference in left if difference.store != REDIS and difference.kind == "extra"]
    for stray in strays:
        index = verifier.indices[stray.projection]
        await remove(projector.pool, projector.elasticsearch, index, stray.document_id)
    return await verifier.lasting(await verifier.look_again(left)) if strays else left


async def _rewrite(projector: Projector, verifier: Verifier, differences: Iterable[Difference]) -> dict[str, set[UUID]]:
    """Answers by projection what is left to the relay: refused now or before."""
    left: dict[str, set[UUID]] = defaultdict(set)
    by_projection: dict[str, list[Difference]] = defaultdict(list)
    of_documents = [difference for difference in differences if difference.store != REDIS]
    writable = set(await unaccounted(projector.pool, of_documents))
    for difference in of_documents:
        if difference in writable:
            by_projection[difference.projection].append(difference)
        else:
            left[difference.projection].add(difference.aggregate_id)
    for name, group in by_projection.items():
        rewrite = Rewrite(projector.pool, projector.elasticsearch, PROJECTIONS[name], verifier.indices[name])
        await rewrite.run(group)
        left[name] |= rewrite.refused
    return left


async def _forget(projector: Projector, differences: Iterable[Difference]) -> None:
    """Copies by id come back from Elasticsearch. A guard would keep a version that is too high."""
    redis, keys = projector.redis.redis, projector.redis.keys
    for difference in differences:
        if difference.store != REDIS:
            continue
        if difference.projection in CACHED_MODELS:
            await within(redis.unlink(keys.document(difference.projection, difference.document_id)), REDIS_TIMEOUT_S)
        elif difference.projection == "guards":
            forgotten = redis.hdel(keys.applied(difference.aggregate_type or ""), difference.document_id)
            await within(cast("Awaitable[int]", forgotten), REDIS_TIMEOUT_S)


async def _by_aggregate_type(pool: Pool, by_projection: dict[str, set[UUID]]) -> dict[str, set[UUID]]:
    wanted: dict[str, set[UUID]] = defaultdict(set)
    for projection, ids in by_projection.items():
        for aggregate_type, its_ids in (await _types_of(pool, projection, ids)).items():
            wanted[aggregate_type] |= its_ids
    return {aggregate_type: ids for aggregate_type, ids in wanted.items() if ids}


async def _types_of(pool: Pool, projection: str, ids: set[UUID]) -> dict[str, set[UUID]]:
    """Which kind of aggregate each id is; one that is gone may have been any of them, and is removed from all."""
    if projection == "history":
        return {"event": ids}
    types = [
        aggregate_type
        for aggregate_type, projections in PROJECTIONS_BY_AGGREGATE.items()
        if aggregate_type != SENTINEL and projection in [candidate.name for candidate in projections]
    ]
    if len(types) == 1:
        return {types[0]: ids}
    present = {
        aggregate_type: {
            row["id"]
            for row in await pool.fetch(
                f"SELECT id FROM {AGGREGATE_TABLES[aggregate_type]} WHERE id = ANY ($1::uuid[])", list(ids)
            )
        }
        for aggregate_type in types
    }
    gone = ids.difference(*present.values())
    return {aggregate_type: its_ids | gone for aggregate_type, its_ids in present.items()}
