"""Projects exactly what differs once more, in the background lane."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Iterable
from typing import cast
from uuid import UUID

from projector.bootstrap import Projector
from projector.locks import Pool
from projector.projections.registry import AGGREGATE_TABLES, PROJECTIONS_BY_AGGREGATE
from projector.relay.claim import BACKGROUND_LANE
from projector.relay.enqueue import enqueue
from projector.sinks.redis import within
from projector.verify.counters import correct, deviations
from projector.verify.difference import Difference
from projector.verify.redis import STORE as REDIS
from projector.verify.strays import remove
from projector.verify.verify import COUNTERS, Verifier, open_verifier
from write_api.persistence.outbox import SHARDS

# Without any progress, as when a store is away.
LONGEST_PAUSE_S = 60.0
LOOK_EVERY_S = 0.1
REDIS_TIMEOUT_S = 5.0
CACHED_MODELS = ("tickets", "documents", "document_drafts")

# Versions in the stores may be ahead of the sequence: after Postgres was restored from a backup, or where somebody
# wrote past the projector. Of a document that was deleted so Elasticsearch does not tell the version: hence the margin.
MARGIN = 1_000
_CATCH_UP = "SELECT setval('projection_version', greatest($1, (SELECT last_value FROM projection_version)) + $2)"


async def repair(projector: Projector, differences: list[Difference]) -> list[Difference]:
    """Answers what still differs afterwards."""
    highest = max((difference.version for difference in differences), default=0)
    await projector.pool.fetchval(_CATCH_UP, highest, MARGIN)
    await _forget(projector, differences)
    for aggregate_type, ids in (await _by_aggregate_type(projector.pool, differences)).items():
        await enqueue(projector.pool, aggregate_type, ids, "Repair")
    await _drain_repairs(projector)
    verifier = await open_verifier(projector)
    await _correct_counters(projector, verifier)
    left = await verifier.lasting(await verifier.look_again(differences))
    strays = [difference for difference in left if difference.store != REDIS and difference.kind == "extra"]
    for stray in strays:
        index = verifier.indices[stray.projection]
        await remove(projector.pool, projector.elasticsearch, index, stray.document_id)
    return await verifier.lasting(await verifier.look_again(left)) if strays else left


async def _correct_counters(projector: Projector, verifier: Verifier) -> None:
    """After the guards, which say what is counted: by what is off for good, not by changes on their way."""
    lasting = await verifier.lasting(verifier.counters(await deviations(projector.pool, projector.redis)))
    if lasting:
        amounts = await deviations(projector.pool, projector.redis)
        names = {difference.document_id for difference in lasting}
        await correct(projector.redis, {name: amount for name, amount in amounts.items() if name in names})


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


async def _by_aggregate_type(pool: Pool, differences: Iterable[Difference]) -> dict[str, set[UUID]]:
    wanted: dict[str, set[UUID]] = defaultdict(set)
    by_projection: dict[str, set[UUID]] = defaultdict(set)
    for difference in differences:
        if difference.projection in (COUNTERS, *CACHED_MODELS) and difference.store == REDIS:
            continue
        if difference.aggregate_type is not None:
            wanted[difference.aggregate_type].add(difference.aggregate_id)
            continue
        by_projection[difference.projection].add(difference.aggregate_id)
    for projection, ids in by_projection.items():
        for aggregate_type, its_ids in (await _types_of(pool, projection, ids)).items():
            wanted[aggregate_type] |= its_ids
    return wanted


async def _types_of(pool: Pool, projection: str, ids: set[UUID]) -> dict[str, set[UUID]]:
    """Which kind of aggregate each id is; one that is gone may have been any of them, and is removed from all."""
    if projection == "history":
        return {"event": ids}
    types = [
        aggregate_type
        for aggregate_type, projections in PROJECTIONS_BY_AGGREGATE.items()
        if projection in [candidate.name for candidate in projections]
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


async def _drain_repairs(projector: Projector) -> None:
    """Whether or not a projector is running: the shards' locks keep several apart."""
    deadline = time.monotonic() + LONGEST_PAUSE_S
    drain, rows = projector.drain(), projector.settings.projector_batch_rows
    async with projector.pool.acquire() as connection:
        while time.monotonic() < deadline:
            result = await drain.batch(connection, list(range(SHARDS)), BACKGROUND_LANE, rows)
            if not result.claimed and not await connection.fetchval(
                "SELECT EXISTS (SELECT 1 FROM outbox WHERE lane = $1 AND attempts = 0)", BACKGROUND_LANE
            ):
                return
            if result.done:
                deadline = time.monotonic() + LONGEST_PAUSE_S
            else:
                await asyncio.sleep(LOOK_EVERY_S)
