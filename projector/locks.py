"""Advisory locks of this database: (LOCK_SPACE, number). They end with their transaction or connection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import asyncpg

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

# "tide" in ASCII, to stay clear of locks that others take in the same database.
LOCK_SPACE = 0x74696465
# 0 to 99: who may change the outbox rows of the shard of that number.
BARRIER = 100
TARGETS = 101
REDIS_FILL = 102
VERIFY = 103
# 120 to 199: who may project the shard of that number less 120, wherever its rows come from.
PROJECTING = 120
# From here: the rebuild of one read model, by its place in the registry.
REBUILD = 200
# Whoever sleeps in this queue gets a lock only to sleep with it, until Postgres ends an idle transaction after 15 s: it
# leaves the queue long before its turn can come by that.
LONGEST_QUEUE_MS = 3_000

_LOCK_FREE = f"""
SELECT wanted.shard, barrier.share
FROM (SELECT pg_advisory_xact_lock_shared({LOCK_SPACE}, {BARRIER}) AS share OFFSET 0) AS barrier
CROSS JOIN (SELECT shard FROM unnest($1::smallint[]) AS wanted (shard) WHERE {{locks}} OFFSET 0) AS wanted"""
_TRY_OUTBOX = f"pg_try_advisory_xact_lock({LOCK_SPACE}, shard)"
_TRY_PROJECTING = f"pg_try_advisory_xact_lock({LOCK_SPACE}, {PROJECTING} + shard)"
_LOCK_SHARDS = _LOCK_FREE.format(locks=f"{_TRY_OUTBOX} AND {_TRY_PROJECTING}")
_LOCK_FREE_PROJECTING = _LOCK_FREE.format(locks=_TRY_PROJECTING)
_LOCK_OUTBOX = f"SELECT shard FROM unnest($1::smallint[]) AS wanted (shard) WHERE {_TRY_OUTBOX}"
_LOCK_PROJECTING = f"""
SELECT pg_advisory_xact_lock({LOCK_SPACE}, {PROJECTING} + ordered.shard), ordered.share
FROM (
    SELECT wanted.shard, barrier.share
    FROM (
        SELECT set_config('lock_timeout', '{LONGEST_QUEUE_MS}ms', true),
            pg_advisory_xact_lock_shared({LOCK_SPACE}, {BARRIER}) AS share OFFSET 0
    ) AS barrier
    CROSS JOIN unnest($1::smallint[]) AS wanted (shard) ORDER BY wanted.shard OFFSET 0
) AS ordered"""


async def take_barrier(connection: Connection) -> None:
    await connection.execute(f"SELECT pg_advisory_xact_lock({LOCK_SPACE}, {BARRIER})")


async def lock_shards(connection: Connection, shards: list[int]) -> list[int]:
    """One worker per shard keeps the order of its rows; answers the shards that were free.

    With them goes a share of the barrier, which every drain batch holds, so that a rebuild can wait for a moment
    without one. What the locks protect is to be read by later statements, which see what their last holders did.
    """
    rows = await connection.fetch(_LOCK_SHARDS, shards)
    return [row["shard"] for row in rows]


async def lock_outbox(connection: Connection, shards: list[int]) -> list[int]:
    """For whoever takes rows out of the outbox without projecting them; answers the shards that were free."""
    rows = await connection.fetch(_LOCK_OUTBOX, shards)
    return [row["shard"] for row in rows]


async def lock_free_projecting(connection: Connection, shards: Sequence[int]) -> list[int]:
    """For whoever projects them wherever their rows come from; answers the shards that were free."""
    rows = await connection.fetch(_LOCK_FREE_PROJECTING, shards)
    return [row["shard"] for row in rows]


async def lock_projecting(connection: Connection, shards: list[int]) -> list[int]:
    """Waits for whoever projects them now. Raises asyncpg's LockNotAvailableError after LONGEST_QUEUE_MS."""
    await connection.execute(_LOCK_PROJECTING, shards)
    return shards


async def lock_in_transaction(connection: Connection, number: int) -> None:
    await connection.execute(f"SELECT pg_advisory_xact_lock({LOCK_SPACE}, {number})")


async def try_session_lock(connection: Connection, number: int) -> bool:
    return bool(await connection.fetchval(f"SELECT pg_try_advisory_lock({LOCK_SPACE}, {number})"))


async def unlock_session(connection: Connection, number: int) -> None:
    await connection.execute(f"SELECT pg_advisory_unlock({LOCK_SPACE}, {number})")
