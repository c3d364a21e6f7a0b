"""What becomes of claimed rows: done, tried again later, or dead letters."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import asyncpg

from projector.locks import Connection
from projector.relay.project import DocumentKey

MAX_ATTEMPTS = 10
FIRST_RETRY_S = 1.0
LAST_RETRY_S = 300.0

_DELETE = "DELETE FROM outbox WHERE ctid = ANY ($1::tid[])"
_RETRY = """
UPDATE outbox SET attempts = attempts + later.counted, next_at = clock_timestamp() + later.pause
FROM unnest($1::tid[], $2::smallint[], $3::interval[]) AS later (ctid, counted, pause)
WHERE outbox.ctid = later.ctid"""
_BURY = """
INSERT INTO outbox_dead (
    projection, document_id, lane, shard, aggregate_type, aggregate_id, aggregate_version, event_id, event_type,
    attempts, reason, created_at
)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12
ON CONFLICT (projection, document_id) DO UPDATE SET
    lane = excluded.lane, aggregate_version = excluded.aggregate_version, event_id = excluded.event_id,
    event_type = excluded.event_type, attempts = excluded.attempts, reason = excluded.reason,
    created_at = excluded.created_at, failed_at = excluded.failed_at"""
_REVIVE = """
DELETE FROM outbox_dead AS dead USING unnest($1::text[], $2::text[]) AS well (projection, document_id)
WHERE dead.projection = well.projection AND dead.document_id = well.document_id"""


@dataclass(frozen=True)
class DeadDocument:
    projection: str
    document_id: str
    reason: str
    # The newest row that asked for the document.
    row: asyncpg.Record


@dataclass(frozen=True)
class Retry:
    row: asyncpg.Record
    pause: timedelta
    # Not for a ticket that only waits for its message.
    counts: bool


def retry_pause(attempts: int) -> timedelta:
    pause_s = min(FIRST_RETRY_S * 2.0**attempts, LAST_RETRY_S)
    return timedelta(seconds=pause_s * random.uniform(0.5, 1.0))


async def delete(connection: Connection, rows: Sequence[asyncpg.Record]) -> None:
    # The rows are locked, so their places do not change.
    await connection.execute(_DELETE, [row["ctid"] for row in rows])


async def retry_later(connection: Connection, retries: Sequence[Retry]) -> None:
    await connection.execute(
        _RETRY,
        [retry.row["ctid"] for retry in retries],
        [int(retry.counts) for retry in retries],
        [retry.pause for retry in retries],
    )


async def bury(connection: Connection, dead: Sequence[DeadDocument]) -> None:
    await connection.executemany(
        _BURY,
        [
            (
                document.projection,
                document.document_id,
                document.row["lane"],
                document.row["shard"],
                document.row["aggregate_type"],
                document.row["aggregate_id"],
                document.row["aggregate_version"],
                document.row["event_id"],
                document.row["event_type"],
                document.row["attempts"] + 1,
                document.reason,
                document.row["created_at"],
            )
            for document in dead
        ],
    )


async def revive(connection: Connection, documents: Iterable[DocumentKey]) -> None:
    """A document that was projected has no dead letter any more, not even one from when it could not be read."""
    well = [(key.projection, name) for key in documents for name in (key.document_id, str(key.asked_id))]
    await connection.execute(_REVIVE, [projection for projection, _ in well], [name for _, name in well])
