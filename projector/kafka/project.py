"""Projecting the rows of some records, in one transaction, as a batch out of the outbox is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import structlog

from projector.kafka import published
from projector.kafka.published import PUBLISHED
from projector.kafka.records import Change
from projector.locks import Connection, lock_free_projecting
from projector.metrics import Metrics
from projector.relay.batch import Batch, BatchResult, DocumentsUnreadable
from projector.relay.unreadable import count_failure

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Taken:
    """What became of some records."""

    # Elasticsearch refuses documents for now.
    is_busy: bool = False
    # Shards that somebody else has now: of their records nothing was done.
    left: frozenset[int] = frozenset()


class RecordProjector:
    def __init__(self, batch: Batch, metrics: Metrics) -> None:
        self._batch = batch
        self._metrics = metrics

    async def project(self, connection: Connection, lane: int, changes: Sequence[Change], limit: int) -> Taken:
        """Raises StoreUnavailable when a store is away: then nothing changed."""
        # A row that was published twice is one row.
        distinct = list(dict.fromkeys(changes))
        moving = await published.await_moves(connection, lane, distinct)
        there = [change for change in distinct if change.shard not in moving]
        return _together([Taken(left=frozenset(moving)), await self._attempt(connection, lane, there, limit)])

    async def _attempt(self, connection: Connection, lane: int, changes: Sequence[Change], limit: int) -> Taken:
        try:
            with self._metrics.batch_seconds.time():
                left, result = await self._transaction(connection, lane, changes, limit)
        except DocumentsUnreadable as error:
            log.warning("documents_unreadable", rows=len(error.claim), error=str(error))
            apart = _by_root(changes)
            if len(apart) == 1:
                return await self._count_failure(connection, error, changes[0].shard)
            return _together([await self._attempt(connection, lane, some, limit) for some in apart])
        self._metrics.count(result)
        return Taken(result.is_busy, left)

    async def _transaction(
        self, connection: Connection, lane: int, changes: Sequence[Change], limit: int
    ) -> tuple[frozenset[int], BatchResult]:
        """With the shards that were not free."""
        wanted = {change.shard for change in changes}
        with self._batch.trace() as trace:
            async with connection.transaction():
                free = await lock_free_projecting(connection, sorted(wanted))
                left = frozenset(wanted.difference(free))
                if not free:
                    return left, BatchResult()
                mine = [change for change in changes if change.shard in free]
                claimed = await published.claim(connection, lane, mine, limit)
                if not claimed:
                    return left, BatchResult()
                result = await self._batch.project(connection, PUBLISHED, claimed, trace)
            await trace.reached("commit")
            return left, result

    async def _count_failure(self, connection: Connection, error: DocumentsUnreadable, shard: int) -> Taken:
        try:
            await count_failure(connection, error.queue, error.claim, str(error))
        except asyncpg.LockNotAvailableError:
            return Taken(left=frozenset({shard}))
        return Taken()


def _by_root(changes: Sequence[Change]) -> list[list[Change]]:
    by_root: dict[UUID, list[Change]] = defaultdict(list)
    for change in changes:
        by_root[change.root_id].append(change)
    return list(by_root.values())


def _together(several: Sequence[Taken]) -> Taken:
    left: frozenset[int] = frozenset().union(*(one.left for one in several))
    return Taken(any(one.is_busy for one in several), left)
