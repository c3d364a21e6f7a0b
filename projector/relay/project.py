"""Reading the documents of claimed rows and writing them to Elasticsearch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any
from uuid import UUID

import asyncpg

from projector.locks import Connection
from projector.projections.projection import Projection
from projector.projections.registry import PROJECTIONS_BY_AGGREGATE, REDIS_COPIES, ROOT_TYPES
from projector.relay.claim import Claim
from projector.sinks.bulk import CHUNK_BYTES, Chunk, Failure, Fate, send_bulk
from projector.sinks.elasticsearch import Elasticsearch
from projector.sinks.redis import Update
from projector.targets import Target
from read_models.messages import MESSAGES

CrashPoint = Callable[[str], Awaitable[None]]
Projections = Mapping[str, tuple[Projection, ...]]

# One fetch holds its documents in memory: few at first, then as many as make up one bulk request.
FIRST_FETCH = 32
LARGEST_FETCH = 2_000
NOT_READ = 2**63 - 1


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
    # Read only because a part of them was claimed.
    added_roots: frozenset[UUID] = frozenset()
    # Messages by ticket, with their visibility.
    messages: dict[UUID, list[tuple[DocumentKey, str]]] = field(default_factory=lambda: defaultdict(list))

    def failures_by_id(self) -> dict[UUID, list[tuple[DocumentKey, Failure]]]:
        by_id: dict[UUID, list[tuple[DocumentKey, Failure]]] = defaultdict(list)
        for key, failure in self.failures.items():
            by_id[key.asked_id].append((key, failure))
        return by_id

    def shown_updates(self) -> list[Update]:
        """Of aggregates with at least one document that Elasticsearch took, without those that it did not."""
        failed: dict[UUID, set[tuple[str, str]]] = defaultdict(set)
        for key in self.failures:
            failed[key.asked_id].add((key.projection, key.document_id))
        shown = []
        for id_, update in self.updates.items():
            if id_ in failed:
                update.documents = [copy for copy in update.documents if copy[:2] not in failed[id_]]
            if id_ not in failed or update.documents:
                shown.append(update)
        return shown


@dataclass
class Wanted:
    """Distinct ids by projection: many events of one aggregate become one document."""

    ids: dict[str, dict[UUID, None]] = field(default_factory=dict)
    projections: dict[str, Projection] = field(default_factory=dict)
    # With the type of each aggregate that Redis holds something of.
    types: dict[UUID, str] = field(default_factory=dict)
    added_roots: frozenset[UUID] = frozenset()

    def add(self, projection: Projection, ids: Iterable[UUID]) -> None:
        self.projections[projection.name] = projection
        self.ids.setdefault(projection.name, {}).update(dict.fromkeys(ids))


def wanted_documents(claim: Claim, projections: Projections = PROJECTIONS_BY_AGGREGATE) -> Wanted:
    wanted = Wanted()
    for aggregate_type, rows in claim.by_type.items():
        for projection in projections.get(aggregate_type, ()):
            if projection.by_event:
                wanted.add(projection, [id_ for id_ in rows.event_ids if id_ is not None])
            else:
                wanted.add(projection, rows.aggregate_ids)
        if aggregate_type in REDIS_COPIES and aggregate_type in projections:
            wanted.types.update(dict.fromkeys(rows.aggregate_ids, aggregate_type))
    for aggregate_type, root_type in ROOT_TYPES.items():
        # A part that comes by itself changes which versions of its root are held, and Redis may not know the root.
        if aggregate_type in claim.by_type and root_type in projections:
            roots = {root_id for root_id in claim.by_type[aggregate_type].roots_of_parts if root_id is not None}
            added = roots - wanted.types.keys()
            wanted.added_roots |= added
            wanted.types.update(dict.fromkeys(added, root_type))
            for projection in projections[root_type]:
                if not projection.by_event:
                    wanted.add(projection, added)
    return wanted


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

    async def project(self, connection: Connection, wanted: Wanted) -> Projected:
        self.projected.added_roots = wanted.added_roots
        self.projected.updates = {id_: Update(type_, id_, NOT_READ) for id_, type_ in wanted.types.items()}
        for name, projection in wanted.projections.items():
            ids = list(wanted.ids[name])
            has_copy = not projection.by_event and any(id_ in wanted.types for id_ in ids)
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
        update = None if projection.by_event else self.projected.updates.get(asked_id)
        if update is not None:
            self._note(update, projection, document)
        if document_id is None:
            return
        key = DocumentKey(projection.name, document_id, asked_id)
        if projection.model is MESSAGES and document["deciding"] is not None:
            self.projected.messages[document["root_id"]].append((key, document["deciding"]))
        self.projected.documents.append(key)
        if source is None:
            source = tombstone(asked_id, document["aggregate_version"])
        for target in self._targets[projection.name]:
            self._chunk.add((key, target.state), target.index_name, document_id, self._version, source)

    def _note(self, update: Update, projection: Projection, document: asyncpg.Record) -> None:
        # Read models of one aggregate are read one after another: all of them show the oldest of these versions.
        update.aggregate_version = min(update.aggregate_version, document["aggregate_version"])
        update.bucket = document["bucket"] or update.bucket
        update.deciding = document["deciding"] or update.deciding
        if REDIS_COPIES[update.aggregate_type] == "label":
            update.label = document["stored"] or b""
        elif document["document_id"] is not None:
            update.documents.append((projection.name, document["document_id"], document["stored"] or b""))

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
