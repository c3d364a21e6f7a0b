"""Rows that Kafka has and that are not projected yet.

A record only says where to look: a row is projected because it is here, once, however often its record comes. So what
waits is known to Postgres as before, for tokens, freshness and verification, and what Kafka loses is published again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import asyncpg

from projector.kafka.records import Change
from projector.locks import LOCK_SPACE, Connection, Pool, lock_projecting
from projector.relay.claim import BY_TYPE, COALESCED, COLUMNS, Claim, Place, claim_rest
from projector.relay.queue import Queue

# A relay's transaction ends moments after its records can be read, unless it sleeps, or the broker is slow.
LONGEST_MOVE_MS = 1_000

_MOVED = (
    "id, xid, lane, shard, aggregate_type, aggregate_id, aggregate_version, event_id, event_type, payload,"
    " trace_context, schema_version, created_at, attempts, next_at, part_of"
)
_OTHERS = _MOVED.replace(", attempts, next_at", "")

PUBLISHED = Queue(
    "outbox_published",
    # Back to the outbox, which publishes them when their time has come: their partition does not wait.
    f"""
WITH later AS (
    DELETE FROM outbox_published USING unnest($1::tid[], $2::interval[]) AS put_off (place, pause)
    WHERE outbox_published.ctid = put_off.place
    RETURNING {_MOVED}, put_off.pause
)
INSERT INTO outbox ({_OTHERS}, attempts, next_at) OVERRIDING SYSTEM VALUE
SELECT {_OTHERS}, attempts + 1, clock_timestamp() + pause FROM later""",
    lock_projecting,
)

_MOVE = f"""
WITH gone AS (DELETE FROM outbox WHERE ctid = ANY ($1::tid[]) RETURNING *)
INSERT INTO outbox_published ({_MOVED}, record_partition, record_offset)
SELECT {_MOVED}, record_partition, record_offset FROM gone
JOIN unnest($2::bigint[], $3::int[], $4::bigint[]) AS acked (id, record_partition, record_offset) USING (id)"""

_MISSING = """
    SELECT DISTINCT record.shard FROM unnest($1::smallint[], $3::bigint[]) AS record (shard, id)
    WHERE NOT EXISTS (
        SELECT FROM outbox_published AS p WHERE p.shard = record.shard AND p.lane = $2 AND p.id = record.id
    ) OFFSET 0"""
# Nobody but the relay that published a row takes it out of the outbox: its lock is free when that is done, or undone.
_AWAIT_MOVES = f"""
SELECT pg_advisory_xact_lock_shared({LOCK_SPACE}, missing.shard)
FROM (SELECT set_config('lock_timeout', '{LONGEST_MOVE_MS}ms', true) AS longest OFFSET 0) AS patience
CROSS JOIN ({_MISSING}) AS missing"""
_STILL_MOVING = f"""
SELECT shard FROM ({_MISSING}) AS missing WHERE NOT pg_try_advisory_xact_lock_shared({LOCK_SPACE}, shard)"""

_CLAIM = BY_TYPE.format(rows=f"""
    SELECT p.*
    FROM unnest($1::smallint[], $3::bigint[]) AS record (shard, row_id)
    CROSS JOIN LATERAL (
        SELECT {COLUMNS} FROM outbox_published
        WHERE shard = record.shard AND lane = $2 AND id = record.row_id
    ) AS p""")

_LOST = "published_at < clock_timestamp() - $1::interval"
# Read by the group already, overwritten, or beyond the end of what is left of the topic.
_UNREADABLE = f"""{_LOST} AND lane = $2 AND EXISTS (
        SELECT FROM unnest($3::int[], $4::bigint[], $5::bigint[]) AS readable (record_partition, first, next)
        WHERE readable.record_partition = outbox_published.record_partition
            AND NOT (record_offset >= readable.first AND record_offset < readable.next)
    )"""
_SHARDS = "SELECT DISTINCT shard FROM outbox_published WHERE {lost}"
_TAKE_BACK = f"""
WITH lost AS (DELETE FROM outbox_published WHERE shard = ANY ({{shards}}::smallint[]) AND {{lost}} RETURNING {_MOVED})
INSERT INTO outbox ({_MOVED}) OVERRIDING SYSTEM VALUE SELECT {_MOVED} FROM lost"""


@dataclass(frozen=True)
class Acked:
    place: Place
    row_id: int
    partition: int
    offset: int


@dataclass(frozen=True)
class Readable:
    """Offsets of a partition that its group has still before it."""

    partition: int
    first: int
    next: int


async def move(connection: Connection, acked: Sequence[Acked]) -> None:
    """Out of the outbox. The caller holds the lock of the rows' shards there."""
    await connection.execute(
        _MOVE,
        [one.place for one in acked],
        [one.row_id for one in acked],
        [one.partition for one in acked],
        [one.offset for one in acked],
    )


async def await_moves(pool: Pool | Connection, lane: int, changes: Sequence[Change]) -> set[int]:
    """A record may be read before the transaction that published it has ended; answers the shards where it has not."""
    try:
        await pool.execute(_AWAIT_MOVES, *_places(lane, changes))
        return set()
    except asyncpg.LockNotAvailableError:
        return {row["shard"] for row in await pool.fetch(_STILL_MOVING, *_places(lane, changes))}


async def claim(connection: Connection, lane: int, changes: Sequence[Change], limit: int) -> Claim:
    """The rows of these records that are not projected, and what else was published of their aggregates.

    The caller holds the shards' locks. What is not here was projected, or is in the outbox and will be published again.
    """
    claimed = Claim()
    claimed.add(await connection.fetch(_CLAIM, *_places(lane, changes)))
    if claimed:
        shards = list({change.shard for change in changes})
        await claim_rest(connection, PUBLISHED.table, claimed, shards, COALESCED * limit)
    return claimed


async def take_back_all(pool: Pool, published_for: timedelta) -> int:
    """Answers how many rows went back to the outbox."""
    return await _take_back(pool, _LOST, published_for)


async def take_back_unreadable(pool: Pool, lane: int, readable: Sequence[Readable], published_for: timedelta) -> int:
    """Of partitions that are not named nothing is said. `published_for` is longer than asking for the offsets took."""
    partitions = [one.partition for one in readable]
    firsts, nexts = [one.first for one in readable], [one.next for one in readable]
    return await _take_back(pool, _UNREADABLE, published_for, lane, partitions, firsts, nexts)


async def _take_back(pool: Pool, lost: str, *arguments: object) -> int:
    async with pool.acquire() as connection:
        # Mostly there are none, and nobody has to wait for that.
        found = await connection.fetch(_SHARDS.format(lost=lost), *arguments)
        if not found:
            return 0
        async with connection.transaction():
            shards = await lock_projecting(connection, [row["shard"] for row in found])
            take_back = _TAKE_BACK.format(lost=lost, shards=f"${len(arguments) + 1}")
            command_tag = await connection.execute(take_back, *arguments, shards)
    return int(command_tag.rpartition(" ")[2])


def _places(lane: int, changes: Sequence[Change]) -> tuple[list[int], int, list[int]]:
    return [change.shard for change in changes], lane, [change.row_id for change in changes]
