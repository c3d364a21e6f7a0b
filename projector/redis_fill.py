"""Puts back what Redis lost: guards, counts and labels. Documents by id come back when they are asked for."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable
from typing import cast
from uuid import UUID

import structlog

from projector import postgres_errors
from projector.locks import REDIS_FILL, Connection, Pool, try_session_lock, unlock_session
from projector.projections.registry import AGGREGATE_TABLES, BUCKETS, PROJECTIONS_BY_AGGREGATE, REDIS_COPIES
from projector.sinks.redis import RedisSink, Update, within
from runtime.errors import StoreUnavailable

log = structlog.get_logger(__name__)

RANGE = 2_000
CHECK_INTERVAL_S = 1.0
REDIS_TIMEOUT_S = 2.0

# Marks the fill as complete, unless Redis was emptied after the fill began.
_FINISH_SCRIPT = """
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], '1')
redis.call('DEL', KEYS[2])
return 1
"""


async def keep_filled(pool: Pool, redis: RedisSink) -> None:
    """Until cancelled: looks whether Redis has lost everything, and fills it."""
    while True:
        try:
            if not await is_filled(redis):
                async with pool.acquire() as connection:
                    if await try_session_lock(connection, REDIS_FILL):
                        try:
                            await fill(connection, redis)
                        finally:
                            await unlock_session(connection, REDIS_FILL)
        except (StoreUnavailable, *postgres_errors.ANY) as error:
            log.warning("redis_not_filled", error=str(error))
        await asyncio.sleep(CHECK_INTERVAL_S)


async def is_filled(redis: RedisSink) -> bool:
    return bool(await within(redis.redis.exists(redis.keys.filled), REDIS_TIMEOUT_S))


async def fill(connection: Connection, redis: RedisSink) -> int:
    """Answers how many aggregates were missing."""
    token, filling = secrets.token_hex(8), f"{redis.keys.filled}:by"
    await within(redis.redis.set(filling, token), REDIS_TIMEOUT_S)
    missing = 0
    for aggregate_type in REDIS_COPIES:
        missing += await fill_type(connection, redis, aggregate_type)
    finish = redis.redis.eval(_FINISH_SCRIPT, 2, redis.keys.filled, filling, token)
    await within(cast("Awaitable[int]", finish), REDIS_TIMEOUT_S)
    log.info("redis_filled", missing=missing)
    return missing


async def fill_type(connection: Connection, redis: RedisSink, aggregate_type: str) -> int:
    missing, last_id = 0, UUID(int=0)
    while rows := await connection.fetch(_settled_sql(aggregate_type), last_id, RANGE):
        labels = await _labels(connection, aggregate_type, [row["id"] for row in rows])
        updates = [
            Update(aggregate_type, row["id"], row["version"], bucket=row["bucket"], label=labels.get(row["id"], b""))
            for row in rows
        ]
        missing += await redis.fill(aggregate_type, updates)
        last_id = rows[-1]["id"]
    return missing


def _settled_sql(aggregate_type: str) -> str:
    """Parameters: id to go on after, limit. A version counts as applied only where nothing of it is pending."""
    return f"""
SELECT t.id, {BUCKETS.get(aggregate_type, "''")} AS bucket,
    CASE WHEN t.id IN (SELECT o.aggregate_id FROM outbox AS o) THEN 0 ELSE t.version END AS version
FROM {AGGREGATE_TABLES[aggregate_type]} AS t WHERE t.id > $1 ORDER BY t.id LIMIT $2"""


async def _labels(connection: Connection, aggregate_type: str, ids: list[UUID]) -> dict[UUID, bytes]:
    if REDIS_COPIES[aggregate_type] != "label":
        return {}
    projection = PROJECTIONS_BY_AGGREGATE[aggregate_type][0]
    rows = await connection.fetch(projection.source_sql, ids, True)
    return {row["aggregate_id"]: row["stored"] or b"" for row in rows}
