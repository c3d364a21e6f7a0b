"""What becomes of claimed rows: done, tried again later, or dead letters."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import asyncpg

from projector.locks import Connection
from projector.relay.claim import Place
from projector.relay.project import DocumentKey
from projector.relay.queue import Queue
from projector.relay.verdict import Trouble, Verdict

MAX_ATTEMPTS = 10
FIRST_RETRY_S = 1.0
LAST_RETRY_S = 300.0

_DETAILS = """
SELECT ctid AS place, id, lane, shard, aggregate_type, aggregate_id, root_id, aggregate_version, event_id, event_type,
    attempts, created_at
FROM {table} WHERE ctid = ANY ($1::tid[])"""
_BURY = """
INSERT INTO outbox_dead AS dead (
    projection, document_id, lane, shard, aggregate_type, aggregate_id, root_id, first_version, aggregate_version,
    event_id, event_type, attempts, reason, created_at
)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14
ON CONFLICT (projection, document_id) DO UPDATE SET
    lane = excluded.lane, first_version = least(dead.first_version, excluded.first_version),
    aggregate_version = greatest(dead.aggregate_version, excluded.aggregate_version), event_id = excluded.event_id,
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
    # All that asked for the document.
    rows: Sequence[asyncpg.Record]


@dataclass(frozen=True)
class Settled:
    done_places: list[Place]
    done_ids: list[int]
    retried: int = 0
    dead: int = 0


def retry_pause(attempts: int) -> timedelta:
    pause_s = min(FIRST_RETRY_S * 2.0**attempts, LAST_RETRY_S)
    return timedelta(seconds=pause_s * random.uniform(0.5, 1.0))


async def settle(connection: Connection, queue: Queue, verdict: Verdict) -> Settled:
    """Everything but the deletes: those come last, after what can be seen was changed."""
    done_places, done_ids = [*verdict.done_places], [*verdict.done_ids]
    if not verdict.failed and not verdict.refused:
        return Settled(done_places, done_ids)
    troubled = [*verdict.failed, *verdict.refused]
    rows = await details(connection, queue, [trouble.place for trouble in troubled])
    attempts: dict[UUID, int] = defaultdict(int)
    for trouble in verdict.failed:
        row = rows[trouble.place]
        attempts[row["aggregate_id"]] = max(attempts[row["aggregate_id"]], row["attempts"])
    retries, given_up = [], []
    for trouble in verdict.failed:
        row = rows[trouble.place]
        if attempts[row["aggregate_id"]] + 1 < MAX_ATTEMPTS:
            retries.append(row)
        else:
            given_up.append(trouble)
            done_places.append(trouble.place)
            done_ids.append(row["id"])
    pauses = {aggregate_id: retry_pause(count) for aggregate_id, count in attempts.items()}
    await retry_later(connection, queue, retries, pauses)
    dead = _dead_documents([*verdict.refused, *given_up], rows)
    await bury(connection, dead)
    return Settled(done_places, done_ids, len(retries), len(dead))


def _dead_documents(troubled: Iterable[Trouble], rows: dict[Place, asyncpg.Record]) -> list[DeadDocument]:
    asking: dict[DocumentKey, list[asyncpg.Record]] = defaultdict(list)
    reasons: dict[DocumentKey, str] = {}
    for trouble in troubled:
        for key, failure in trouble.causes:
            asking[key].append(rows[trouble.place])
            reasons[key] = failure.reason
    return [DeadDocument(key.projection, key.document_id, reasons[key], asked) for key, asked in asking.items()]


async def details(connection: Connection, queue: Queue, places: Sequence[Place]) -> dict[Place, asyncpg.Record]:
    return {row["place"]: row for row in await connection.fetch(_DETAILS.format(table=queue.table), places)}


async def delete(connection: Connection, queue: Queue, places: Sequence[Place]) -> None:
    # Only the holder of the shard's lock changes its rows, so their places are still theirs.
    if places:
        await connection.execute(f"DELETE FROM {queue.table} WHERE ctid = ANY ($1::tid[])", places)


async def retry_later(
    connection: Connection, queue: Queue, rows: Sequence[asyncpg.Record], pauses: dict[UUID, timedelta]
) -> None:
    if rows:
        places = [row["place"] for row in rows]
        await connection.execute(queue.retry, places, [pauses[row["aggregate_id"]] for row in rows])


async def bury(connection: Connection, dead: Sequence[DeadDocument]) -> None:
    if dead:
        await connection.executemany(_BURY, [_letter(document) for document in dead])


def _letter(document: DeadDocument) -> tuple[object, ...]:
    newest = max(document.rows, key=lambda row: row["id"])
    versions = [row["aggregate_version"] for row in document.rows]
    return (
        document.projection,
        document.document_id,
        newest["lane"],
        newest["shard"],
        newest["aggregate_type"],
        newest["aggregate_id"],
        newest["root_id"],
        min(versions),
        max(versions),
        newest["event_id"],
        newest["event_type"],
        newest["attempts"] + 1,
        document.reason,
        newest["created_at"],
    )


async def revive(connection: Connection, documents: Iterable[DocumentKey]) -> None:
    """A document that was projected has no dead letter any more, not even one from when it could not be read."""
    well = [(key.projection, name) for key in documents for name in (key.document_id, str(key.asked_id))]
    await connection.execute(_REVIVE, [projection for projection, _ in well], [name for _, name in well])
