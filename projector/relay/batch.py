"""What becomes of claimed rows, in the caller's transaction: its order makes a version conflict safe to swallow.

Claim, then draw the version, then read: a document at a higher version contains every change claimed for a lower one.
"""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg

from projector.handlers import Dispatcher
from projector.locks import Connection, Pool
from projector.postgres_errors import UNREADABLE
from projector.projections.registry import PROJECTIONS_BY_AGGREGATE
from projector.relay import settle
from projector.relay.changes import note_changes
from projector.relay.claim import Claim
from projector.relay.held import hold
from projector.relay.project import BatchProjector, CrashPoint, DocumentKey, Projected, Projections, wanted_documents
from projector.relay.queue import Queue
from projector.relay.traces import BatchTrace, Untraced
from projector.relay.verdict import judge
from projector.relay.versions import Versions
from projector.sinks.elasticsearch import Elasticsearch
from projector.sinks.redis import RedisSink
from projector.targets import Target, require_all_live
from runtime.tracing.spans import Tracing

# In one statement after the locks: the indices of now, and whether a document that goes well may clear a letter.
_STATE = "SELECT projection, index_name, state, EXISTS (SELECT 1 FROM outbox_dead) AS has_dead FROM projection_targets"

_HEARD = "SELECT event_id, event_type FROM {table} WHERE ctid = ANY ($1::tid[]) AND event_type = ANY ($2::text[])"


@dataclass(frozen=True)
class BatchResult:
    claimed: int = 0
    done: int = 0
    retried: int = 0
    dead: int = 0
    # Handed to Kafka, and projected by whoever consumes them.
    published: int = 0
    is_busy: bool = False
    # As the claim says.
    waited_s: float = 0.0


class DocumentsUnreadable(Exception):
    """Postgres could not build the documents of these rows."""

    def __init__(self, queue: Queue, claimed: Claim, error: asyncpg.PostgresError) -> None:
        super().__init__(str(error))
        self.queue = queue
        self.claim = claimed


async def nowhere(_: str) -> None:
    """The default of the named points, where tests stop or end the process."""


class Batch:
    """Without `projections` rows are claimed and deleted, and nothing is written: the relay by itself."""

    def __init__(
        self,
        pool: Pool,
        elasticsearch: Elasticsearch,
        redis: RedisSink,
        dispatcher: Dispatcher,
        reached: CrashPoint = nowhere,
        projections: Projections = PROJECTIONS_BY_AGGREGATE,
        tracing: Tracing | None = None,
    ) -> None:
        self._versions = Versions(pool, elasticsearch, redis)
        self._dispatcher = dispatcher
        self._elasticsearch = elasticsearch
        self._redis = redis
        self._projections = projections
        self._tracing = tracing
        self._reached = reached

    def trace(self) -> BatchTrace | Untraced:
        """For around the transaction, whose end it is to see."""
        return Untraced(self._reached) if self._tracing is None else BatchTrace(self._tracing, self._reached)

    async def project(
        self, connection: Connection, queue: Queue, claimed: Claim, trace: BatchTrace | Untraced
    ) -> BatchResult:
        """Raises StoreUnavailable when a store is away, and DocumentsUnreadable: the caller rolls back."""
        await trace.reached("claim")
        await trace.claimed(connection, queue, claimed)
        version = await self._versions.next()
        await trace.reached("version")
        state = await connection.fetch(_STATE)
        targets = [Target(row["projection"], row["index_name"], row["state"]) for row in state]
        wanted = wanted_documents(claimed, self._projections)
        if self._projections:
            require_all_live(targets)
        projector = BatchProjector(self._elasticsearch, targets, version, trace.reached)
        try:
            projected = await projector.project(connection, wanted)
        except UNREADABLE as error:
            raise DocumentsUnreadable(queue, claimed, error) from error
        verdict = judge(claimed, projected)
        settled = await settle.settle(connection, queue, verdict)
        if settled.dead or (state and state[0]["has_dead"]):
            await settle.revive(connection, _well(projected))
        updates = projected.shown_updates()
        note_changes(updates, claimed, projected)
        await hold(connection, updates, settled.done_ids)
        await self._redis.apply(version, updates)
        await trace.reached("redis")
        if self._dispatcher.event_types:
            heard = _HEARD.format(table=queue.table)
            await self._dispatcher.dispatch(
                await connection.fetch(heard, settled.done_places, self._dispatcher.event_types)
            )
        await settle.delete(connection, queue, settled.done_places)
        await trace.reached("before_commit")
        return BatchResult(
            len(claimed),
            len(settled.done_ids),
            settled.retried,
            settled.dead,
            is_busy=verdict.is_busy,
            waited_s=claimed.waited_s,
        )


def _well(projected: Projected) -> list[DocumentKey]:
    return [key for key in projected.documents if key not in projected.failures]
