"""Taking pending rows: which shards have some, and the rows themselves."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg

from projector.locks import Connection, Pool
from write_api.persistence.outbox import SHARDS

LIVE_LANE = 0
# Fan-out, repairs and replays: work that may wait.
BACKGROUND_LANE = 1

_READY = f"""
SELECT lane, shard
FROM generate_series({LIVE_LANE}, {BACKGROUND_LANE}) AS lane, generate_series(0, {SHARDS - 1}) AS shard
WHERE EXISTS (SELECT 1 FROM outbox AS o WHERE o.shard = shard.shard AND o.lane = lane.lane AND o.next_at <= now())"""

_COLUMNS = (
    "ctid, shard, lane, id, aggregate_type, aggregate_id, aggregate_version, event_id, event_type, attempts, created_at"
)
_CLAIM = f"""
SELECT o.*
FROM unnest($1::smallint[]) AS mine (shard)
CROSS JOIN LATERAL (
    SELECT {_COLUMNS} FROM outbox
    WHERE shard = mine.shard AND lane = $2 AND next_at <= now()
    ORDER BY id LIMIT $3 FOR UPDATE
) AS o"""


@dataclass(frozen=True)
class ReadyShards:
    live: frozenset[int]
    background: frozenset[int]


async def ready_shards(connection: Connection | Pool) -> ReadyShards:
    rows = await connection.fetch(_READY)
    return ReadyShards(
        live=frozenset(row["shard"] for row in rows if row["lane"] == LIVE_LANE),
        background=frozenset(row["shard"] for row in rows if row["lane"] == BACKGROUND_LANE),
    )


async def claim(connection: Connection, shards: list[int], lane: int, limit: int) -> list[asyncpg.Record]:
    """At most `limit` rows, the oldest of each shard; the caller holds the shards' locks."""
    per_shard = max(1, limit // len(shards))
    return await connection.fetch(_CLAIM, shards, lane, per_shard)


async def claim_again(connection: Connection, row: asyncpg.Record) -> asyncpg.Record | None:
    """The row as it is now, locked; None if somebody else has settled it."""
    return await connection.fetchrow(
        f"SELECT {_COLUMNS} FROM outbox WHERE shard = $1 AND lane = $2 AND id = $3 FOR UPDATE",
        row["shard"],
        row["lane"],
        row["id"],
    )


async def next_version(pool: Pool) -> int:
    """The version of the documents about to be read.

    On a connection of its own, so that it is committed and flushed before anything is written with it: a version drawn
    inside the batch could be drawn again after a crash of Postgres, and a newer document would lose against an older.
    """
    version: int = await pool.fetchval("SELECT nextval('projection_version')")
    return version
