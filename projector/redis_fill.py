"""Puts back what Redis lost: guards, counts and labels. Documents by id come back when they are asked for."""

from __future__ import annotations

import asyncio
from uuid import UUID

import asyncpg
import structlog

from projector import postgres_errors
from projector.locks import REDIS_FILL, Connection, Pool, take_barrier, try_session_lock, unlock_session
from projector.projections.registry import BUCKETS, PROJECTIONS_BY_AGGREGATE, REDIS_COPIES
from projector.sinks.redis import FillOvertaken, RedisSink, Update, within
from read_models.guard import held_text
from runtime.errors import StoreUnavailable
from write_api.persistence.enqueue import AGGREGATE_TABLES

log = structlog.get_logger(__name__)

RANGE = 2_000
CHECK_INTERVAL_S = 1.0
# Whoever waits for the barrier waits for the batches that run.
_BARRIER_TIMEOUT = "SET LOCAL statement_timeout = '60s'"
_IN_ORDER = " ORDER BY t.id LIMIT $2"


async def keep_filled(pool: Pool, redis: RedisSink) -> None:
    """Until cancelled: looks whether Redis has lost everything, and fills it."""
    while True:
        try:
            if not await is_filled(redis):
                await fill_alone(pool, redis)
        except (StoreUnavailable, *postgres_errors.ANY) as error:
            log.warning("redis_not_filled", error=str(error))
        await asyncio.sleep(CHECK_INTERVAL_S)


async def is_filled(redis: RedisSink) -> bool:
    return bool(await within(redis.redis.exists(redis.keys.filled)))


async def fill_alone(pool: Pool, redis: RedisSink) -> int:
    """Answers how many aggregates were missing; 0 where another process is filling."""
    async with pool.acquire() as connection:
        if not await try_session_lock(connection, REDIS_FILL):
            return 0
        try:
            return await _fill(connection, redis)
        finally:
            if not connection.is_closed():
                await unlock_session(connection, REDIS_FILL)


async def _fill(connection: Connection, redis: RedisSink) -> int:
    while True:
        try:
            missing = await _Fill(connection, redis, await redis.begin_fill()).run()
        except FillOvertaken:
            log.warning("redis_emptied_again")
        else:
            log.info("redis_filled", missing=missing)
            return missing


class _Fill:
    def __init__(self, connection: Connection, redis: RedisSink, name: str) -> None:
        self._connection = connection
        self._redis = redis
        self._name = name

    async def run(self) -> int:
        missing, held = 0, {}
        for aggregate_type in REDIS_COPIES:
            filled, held[aggregate_type] = await self._fill_type(aggregate_type)
            missing += filled
        await self._look_at_held_again(held)
        await self._redis.finish_fill(self._name)
        return missing

    async def _fill_type(self, aggregate_type: str) -> tuple[int, list[UUID]]:
        """Answers how many were missing, and which of them have something pending."""
        filled, held, last_id = 0, [], UUID(int=0)
        sql = f"{_state_sql(aggregate_type)} WHERE t.id > $1{_IN_ORDER}"
        while rows := await self._connection.fetch(sql, last_id, RANGE):
            filled += await self._fill_rows(aggregate_type, rows, again=False)
            held += [row["id"] for row in rows if row["held"]]
            last_id = rows[-1]["id"]
        return filled, held

    async def _look_at_held_again(self, held: dict[str, list[UUID]]) -> None:
        """A batch that showed its work to the lost Redis may have ended since: nothing would lift what it held."""
        if not any(held.values()):
            return
        async with self._connection.transaction():
            await self._connection.execute(_BARRIER_TIMEOUT)
            await take_barrier(self._connection)
        for aggregate_type, ids in held.items():
            for start in range(0, len(ids), RANGE):
                sql = f"{_state_sql(aggregate_type)} WHERE t.id = ANY ($1::uuid[]){_IN_ORDER}"
                rows = await self._connection.fetch(sql, ids[start : start + RANGE], RANGE)
                await self._fill_rows(aggregate_type, rows, again=True)

    async def _fill_rows(self, aggregate_type: str, rows: list[asyncpg.Record], *, again: bool) -> int:
        labels = await _labels(self._connection, aggregate_type, [row["id"] for row in rows])
        updates = [
            Update(
                aggregate_type,
                row["id"],
                row["version"],
                bucket=row["bucket"],
                held=held_text([(first, last) for first, last in row["held"]], row["version"]),
                label=labels.get(row["id"], b""),
            )
            for row in rows
        ]
        return await self._redis.fill(self._name, aggregate_type, updates, again=again)


def _state_sql(aggregate_type: str) -> str:
    """What is pending or dead of an aggregate does not count as applied."""
    return f"""
SELECT t.id, {BUCKETS.get(aggregate_type, "''")} AS bucket, t.version, ARRAY(
    SELECT ARRAY[o.aggregate_version, o.aggregate_version] FROM pending_changes AS o WHERE o.root_id = t.id
    UNION SELECT ARRAY[dead.first_version, dead.aggregate_version] FROM outbox_dead AS dead WHERE dead.root_id = t.id
) AS held
FROM {AGGREGATE_TABLES[aggregate_type]} AS t"""


async def _labels(connection: Connection, aggregate_type: str, ids: list[UUID]) -> dict[UUID, bytes]:
    if REDIS_COPIES[aggregate_type] != "label":
        return {}
    projection = PROJECTIONS_BY_AGGREGATE[aggregate_type][0]
    rows = await connection.fetch(projection.source_sql, ids, True)
    return {row["aggregate_id"]: row["stored"] or b"" for row in rows}
