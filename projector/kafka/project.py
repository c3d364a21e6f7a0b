"""Projecting the rows of some records, in one transaction, as a batch out of the outbox is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import structlog

from projector.kafka import published
from projector.kafka.published import PUBLISHED
from projector.kafka.records import Change
from projector.locks import Connection
from projector.metrics import Metrics
from projector.relay.batch import Batch, BatchResult, DocumentsUnreadable
from projector.relay.unreadable import count_failure

log = structlog.get_logger(__name__)


class RecordProjector:
    def __init__(self, batch: Batch, metrics: Metrics) -> None:
        self._batch = batch
        self._metrics = metrics

    async def project(self, connection: Connection, lane: int, changes: Sequence[Change], limit: int) -> bool:
        """Answers whether all of it was taken. Raises StoreUnavailable when a store is away: then nothing changed."""
        # A row that was published twice is one row.
        distinct = list(dict.fromkeys(changes))
        await published.await_moves(connection, lane, distinct)
        return await self._attempt(connection, lane, distinct, limit)

    async def _attempt(self, connection: Connection, lane: int, changes: Sequence[Change], limit: int) -> bool:
        try:
            with self._metrics.batch_seconds.time():
                result = await self._transaction(connection, lane, changes, limit)
        except DocumentsUnreadable as error:
            log.warning("documents_unreadable", rows=len(error.claim), error=str(error))
            apart = _by_root(changes)
            if len(apart) == 1:
                await count_failure(connection, error.queue, error.claim, str(error))
                return True
            return all([await self._attempt(connection, lane, some, limit) for some in apart])
        self._metrics.count(result)
        return not result.is_busy

    async def _transaction(
        self, connection: Connection, lane: int, changes: Sequence[Change], limit: int
    ) -> BatchResult:
        with self._batch.trace() as trace:
            async with connection.transaction():
                await PUBLISHED.lock(connection, sorted({change.shard for change in changes}))
                claimed = await published.claim(connection, lane, changes, limit)
                if not claimed:
                    return BatchResult()
                result = await self._batch.project(connection, PUBLISHED, claimed, trace)
            await trace.reached("commit")
            return result


def _by_root(changes: Sequence[Change]) -> list[list[Change]]:
    by_root: dict[UUID, list[Change]] = defaultdict(list)
    for change in changes:
        by_root[change.root_id].append(change)
    return list(by_root.values())
