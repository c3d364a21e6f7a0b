"""The counters in Redis against the tickets in Postgres, while both change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Iterable, Mapping
from typing import cast

from projector.locks import Pool, take_barrier
from projector.projections.registry import BUCKETS
from projector.sinks.redis import RedisSink, within
from read_models.guard import Guard
from write_api.persistence.enqueue import AGGREGATE_TABLES

TICKET = "ticket"
# Whoever waits for the barrier waits for at most one batch of each worker.
_BARRIER_TIMEOUT = "SET LOCAL statement_timeout = '60s'"
_WITH_PENDING = f"""
SELECT {BUCKETS[TICKET]} AS bucket, count(*) AS tickets,
    (SELECT count(DISTINCT aggregate_id) FROM pending_changes WHERE aggregate_type = '{TICKET}') AS pending
FROM {AGGREGATE_TABLES[TICKET]} AS t GROUP BY 1"""
# The outbox in the same snapshot: what is pending there counts as Redis has it.
_SETTLED = f"""
WITH pending AS MATERIALIZED (SELECT DISTINCT aggregate_id AS id FROM pending_changes WHERE aggregate_type = '{TICKET}')
SELECT {BUCKETS[TICKET]} AS bucket, count(*) AS tickets, NULL::text[] AS pending
FROM {AGGREGATE_TABLES[TICKET]} AS t WHERE t.id NOT IN (SELECT id FROM pending) GROUP BY 1
UNION ALL SELECT NULL, 0, (SELECT array_agg(id::text) FROM pending)"""


def counter_fields(bucket: str) -> tuple[str, str, str]:
    """The fields under which a ticket of the bucket counts; the Lua scripts do the same."""
    status, assignee, group = bucket.split(",")
    return f"all:-:{status}", f"assignee:{assignee}:{status}", f"group:{group}:{status}"


async def deviations(pool: Pool, sink: RedisSink) -> dict[str, int]:
    """Field -> by how much it is off: only where that is more than changes on their way can account for."""
    before = await _held(sink)
    rows = await pool.fetch(_WITH_PENDING)
    after = await _held(sink)
    wanted = _counted((row["bucket"], row["tickets"]) for row in rows)
    pending = rows[0]["pending"] if rows else 0
    return {
        field: wanted[field] - after[field]
        for field in wanted.keys() | after.keys()
        if abs(wanted[field] - after[field]) > pending + abs(after[field] - before[field])
    }


async def correct(pool: Pool, sink: RedisSink) -> None:
    """Exactly, while no batch runs; what is pending then counts as it did before."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(_BARRIER_TIMEOUT)
        await take_barrier(connection)
        rows = await connection.fetch(_SETTLED)
        pending = next(row["pending"] for row in rows if row["bucket"] is None) or []
        settled = [(row["bucket"], row["tickets"]) for row in rows if row["bucket"] is not None]
        wanted = _counted([*settled, *[(bucket, 1) for bucket in await _buckets(sink, pending)]])
        await _change(sink, wanted, await _held(sink))


async def _held(sink: RedisSink) -> Counter[str]:
    held = await within(cast("Awaitable[dict[bytes, bytes]]", sink.redis.hgetall(sink.keys.counters)))
    return Counter({field.decode(): int(value) for field, value in held.items()})


def _counted(buckets: Iterable[tuple[str, int]]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for bucket, tickets in buckets:
        for field in counter_fields(bucket):
            counted[field] += tickets
    return counted


async def _buckets(sink: RedisSink, ids: list[str]) -> list[str]:
    if not ids:
        return []
    guards = await sink.hash_values(sink.keys.applied(TICKET), ids)
    return [bucket for guard in guards if guard is not None and (bucket := Guard.parse(guard).bucket)]


async def _change(sink: RedisSink, wanted: Mapping[str, int], held: Mapping[str, int]) -> None:
    async with sink.redis.pipeline(transaction=True) as pipe:
        for field in wanted.keys() | held.keys():
            if not wanted.get(field, 0):
                pipe.hdel(sink.keys.counters, field)
            elif wanted[field] != held.get(field, 0):
                pipe.hset(sink.keys.counters, field, str(wanted[field]))
        await within(pipe.execute())
