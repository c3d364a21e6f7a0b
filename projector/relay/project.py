"""Reading the documents of claimed rows and writing them to Elasticsearch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any
from uuid import UUID

import asyncpg

from projector.locks import Connection
from projector.projections.projection import Projection
from projector.projections.registry import PROJECTIONS_BY_AGGREGATE, REDIS_COPIES
from projector.sinks.bulk import CHUNK_BYTES, Chunk, Failure, Fate, send_bulk
from projector.sinks.elasticsearch import Elasticsearch
from projector.sinks.redis import Update
from projector.targets import Target

CrashPoint = Callable[[str], Awaitable[None]]

# One fetch holds its documents in memory: few at first, then as many as make up one bulk request.
FIRST_FETCH = 32
LARGEST_FETCH = 2_000


@dataclass(frozen=True)
class DocumentKey:
    projection: str
    document_id: str
    # The aggregate, or the event, that the document was read for.
    asked_id: UUID


@dataclass
class Projected:
    """What became of the documents of one batch."""

    documents: list[DocumentKey] = field(default_factory=list)
    failures: dict[DocumentKey, Failure] = field(default_factory=dict)
    updates: dict[UUID, Update] = field(default_factory=dict)
    # Part -> the aggregate that counts as applied only with it.
    roots: dict[UUID, UUID] = field(default_factory=dict)

    def failures_by_id(self) -> dict[UUID, list[tuple[DocumentKey, Failure]]]:
        by_id: dict[UUID, list[tuple[DocumentKey, Failure]]] = defaultdict(list)
        for key, failure in self.failures.items():
            by_id[key.asked_id].append((key, failure))
        return by_id


def wanted_documents(rows: Iterable[asyncpg.Record]) -> dict[str, tuple[Projection, list[UUID]]]:
    """For each projection the distinct ids to read: many events of one aggregate become one document."""
    wanted: dict[str, tuple[Projection, dict[UUID, None]]] = {}
    for row in rows:
        for projection in PROJECTIONS_BY_AGGREGATE.get(row["aggregate_type"], ()):
            asked_id = row["event_id"] if projection.by_event else row["aggregate_id"]
            if asked_id is not None:
                wanted.setdefault(projection.name, (projection, {}))[1][asked_id] = None
    return {name: (projection, list(ids)) for name, (projection, ids) in wanted.items()}


async def read_documents(connection: Connection, sql: str, ids: Sequence[UUID], *more: Any) -> AsyncIterator[Any]:
    """The rows of one statement, so of one snapshot, in pieces that fit into memory however long the threads are."""
    if len(ids) <= FIRST_FETCH:
        yield await connection.fetch(sql, ids, *more)
        return
    cursor = await connection.cursor(sql, ids, *more)
    count = FIRST_FETCH
    while rows := await cursor.fetch(count):
        yield rows
        if len(rows) < count:
            return
        size_bytes = sum(len(row["source"] or b"") for row in rows)
        count = max(1, min(LARGEST_FETCH, CHUNK_BYTES * len(rows) // max(1, size_bytes)))


def tombstone(aggregate_id: UUID, version: int) -> bytes:
    """Elasticsearch forgets the version of a deleted document after a while; a tombstone does not."""
    at = datetime.now(timezone.utc).isoformat()
    return f'{{"id": "{aggregate_id}", "version": {version}, "deleted": true, "deleted_at": "{at}"}}'.encode()


class BatchProjector:
    """Projects the documents of one batch at one version."""

    def __init__(
        self, elasticsearch: Elasticsearch, targets: Iterable[Target], version: int, reached: CrashPoint
    ) -> None:
        self._elasticsearch = elasticsearch
        self._version = version
        self._reached = reached
        self._targets: dict[str, list[Target]] = defaultdict(list)
        for target in targets:
            if target.state != "retired":
                self._targets[target.projection].append(target)
        self._chunk = Chunk[tuple[DocumentKey, str]]()
        self.projected = Projected()

    async def project(self, connection: Connection, rows: Sequence[asyncpg.Record]) -> Projected:
        updates = self.projected.updates
        for row in rows:
            if row["aggregate_type"] in REDIS_COPIES:
                update = updates.setdefault(row["aggregate_id"], Update(row["aggregate_type"], row["aggregate_id"], 0))
                # What was claimed, not what was read: parts of a newer version may still wait in the outbox.
                update.aggregate_version = max(update.aggregate_version, row["aggregate_version"])
        for projection, ids in wanted_documents(rows).values():
            has_copy = not projection.by_event and any(id_ in updates for id_ in ids)
            async for documents in read_documents(connection, projection.source_sql, ids, has_copy):
                await self._reached("read")
                for document in documents:
                    self._add(projection, document)
                    if self._chunk.is_full:
                        await self._send()
        await self._send()
        return self.projected

    def _add(self, projection: Projection, document: asyncpg.Record) -> None:
        asked_id, document_id, source = document["aggregate_id"], document["document_id"], document["source"]
        if document["root_id"] is not None and not projection.by_event:
            self.projected.roots[asked_id] = document["root_id"]
        update = None if projection.by_event else self.projected.updates.get(asked_id)
        if update is not None:
            update.bucket = document["bucket"] or update.bucket
            if REDIS_COPIES[update.aggregate_type] == "label":
                update.label = document["stored"] or b""
        if document_id is None:
            return
        if update is not None and REDIS_COPIES[update.aggregate_type] == "documents":
            update.documents.append((projection.name, document_id, document["stored"] or b""))
        key = DocumentKey(projection.name, document_id, asked_id)
        self.projected.documents.append(key)
        if source is None:
            source = tombstone(asked_id, document["aggregate_version"])
        for target in self._targets[projection.name]:
            self._chunk.add((key, target.state), target.index_name, document_id, self._version, source)

    async def _send(self) -> None:
        chunk, self._chunk = self._chunk, Chunk[tuple[DocumentKey, str]]()
        for (key, state), failure in await send_bulk(self._elasticsearch, chunk):
            # What only the index under construction refuses is the rebuild's to find, before it goes live.
            if state == "building" and failure.fate < Fate.BUSY:
                continue
            seen = self.projected.failures.get(key)
            if seen is None or failure.fate > seen.fate:
                self.projected.failures[key] = failure
        await self._reached("bulk")
