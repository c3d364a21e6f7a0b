"""Advisory locks of this database: (LOCK_SPACE, number). They end with their transaction or connection."""

from __future__ import annotations

from typing import TypeAlias

import asyncpg

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

# "tide" in ASCII, to stay clear of locks that others take in the same database.
LOCK_SPACE = 0x74696465
# 0 to 99: the shard of that number.
BARRIER = 100
TARGETS = 101
REDIS_FILL = 102
# From here: the rebuild of one read model, by its place in the registry.
REBUILD = 200


async def share_barrier(connection: Connection) -> None:
    """Held by every drain batch, so that a rebuild can wait for a moment without one."""
    await connection.execute(f"SELECT pg_advisory_xact_lock_shared({LOCK_SPACE}, {BARRIER})")


async def take_barrier(connection: Connection) -> None:
    await connection.execute(f"SELECT pg_advisory_xact_lock({LOCK_SPACE}, {BARRIER})")


async def lock_shards(connection: Connection, shards: list[int]) -> list[int]:
    """One worker per shard keeps the order of its rows; answers the shards that were free."""
    rows = await connection.fetch(
        "SELECT shard FROM unnest($1::smallint[]) AS wanted (shard)"
        f" WHERE pg_try_advisory_xact_lock({LOCK_SPACE}, shard)",
        shards,
    )
    return [row["shard"] for row in rows]


async def lock_in_transaction(connection: Connection, number: int) -> None:
    await connection.execute(f"SELECT pg_advisory_xact_lock({LOCK_SPACE}, {number})")


async def try_session_lock(connection: Connection, number: int) -> bool:
    return bool(await connection.fetchval(f"SELECT pg_try_advisory_lock({LOCK_SPACE}, {number})"))


async def unlock_session(connection: Connection, number: int) -> None:
    await connection.execute(f"SELECT pg_advisory_unlock({LOCK_SPACE}, {number})")
