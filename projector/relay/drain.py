"""One batch: one short transaction whose order of steps is what makes a version conflict safe to swallow.

Claim, then draw the version, then read: a document at a higher version contains every change claimed for a lower one.
"""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg

from projector.handlers import Dispatcher
from projector.locks import Connection, Pool, lock_shards
from projector.postgres_errors import UNREADABLE
from projector.projections.registry import PROJECTIONS_BY_AGGREGATE
from projector.relay import settle
from projector.relay.changes import note_changes
from projector.relay.claim import Claim, claim
from projector.relay.held import hold
from projector.relay.project import BatchProjector, CrashPoint, DocumentKey, Projected, Projections, wanted_documents
from projector.relay.traces import BatchTrace, Untraced
from projector.relay.unreadable import count_failure
from projector.relay.verdict import judge
from projector.relay.versions import Versions
from projector.sinks.elasticsearch import Elasticsearch
from projector.sinks.redis import RedisSink
from projector.targets import Target, require_all_live
from runtime.tracing.spans import Tracing

# In one statement after the locks: the indices of now, and whether a document that goes well may clear a letter.
_STATE = "SELECT projection, index_name, state, EXISTS (SELECT 1 FROM outbox_dead) AS has_dead FROM projection_targets"

_HEARD = "SELECT event_id, event_type FROM outbox WHERE ctid = ANY ($1::tid[]) AND event_type = ANY ($2::text[])"


@dataclass(frozen=True)
class BatchResult:
    claimed: int = 0
    done: int = 0
    retried: int = 0
    dead: int = 0
    is_busy: bool = False


class DocumentsUnreadable(Exception):
    """Postgres could not build the documents of these rows."""

    def __init__(self, claimed: Claim, error: asyncpg.PostgresError) -> None:
        super().__init__(str(error))
        self.claim = claimed


async def nowhere(_: str) -> None:
    """The default of the named points, where tests stop or end the process."""


class Drain:
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
        self._reached = reached
        self._projections = projections
        self._tracing = tracing

    async def batch(self, connection: Connection, shards: list[int], lane: int, limit: int) -> BatchResult:
        """Projects about `limit` rows. Raises StoreUnavailable when a store is away: then nothing changed."""
        with self._trace() as trace:
            async with connection.transaction():
                shards = await lock_shards(connection, shards[:limit])
                claimed = await claim(connection, shards, lane, limit) if shards else Claim()
                if not claimed:
                    return BatchResult()
                await trace.reached("claim")
                await trace.claimed(connection, claimed)
                version = await self._versions.next()
                await trace.reached("version")
                result = await self._project(connection, claimed, version, trace.reached)
                await trace.reached("before_commit")
            await trace.reached("commit")
            return result

    def _trace(self) -> BatchTrace | Untraced:
        return Untraced(self._reached) if self._tracing is None else BatchTrace(self._tracing, self._reached)

    async def _project(self, connection: Connection, claimed: Claim, version: int, reached: CrashPoint) -> BatchResult:
        state = await connection.fetch(_STATE)
        targets = [Target(row["projection"], row["index_name"], row["state"]) for row in state]
        wanted = wanted_documents(claimed, self._projections)
        if self._projections:
            require_all_live(targets)
        projector = BatchProjector(self._elasticsearch, targets, version, reached)
        try:
            projected = await projector.project(connection, wanted)
        except UNREADABLE as error:
            raise DocumentsUnreadable(claimed, error) from error
        verdict = judge(claimed, projected)
        settled = await settle.settle(connection, verdict)
        if settled.dead or (state and state[0]["has_dead"]):
            await settle.revive(connection, _well(projected))
        updates = projected.shown_updates()
        note_changes(updates, claimed, projected)
        await hold(connection, updates, settled.done_ids)
        await self._redis.apply(version, updates)
        await reached("redis")
        if self._dispatcher.event_types:
            await self._dispatcher.dispatch(
                await connection.fetch(_HEARD, settled.done_places, self._dispatcher.event_types)
            )
        await settle.delete(connection, settled.done_places)
        return BatchResult(len(claimed), len(settled.done_ids), settled.retried, settled.dead, verdict.is_busy)

    async def count_failure(self, connection: Connection, claimed: Claim, reason: str) -> None:
        await count_failure(connection, claimed, reason)


def _well(projected: Projected) -> list[DocumentKey]:
    return [key for key in projected.documents if key not in projected.failures]
