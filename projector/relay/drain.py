"""One batch: one short transaction whose order of steps is what makes a version conflict safe to swallow.

Claim, then draw the version, then read: a document at a higher version contains every change claimed for a lower one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from projector.handlers import Dispatcher
from projector.locks import Connection, Pool, lock_shards, share_barrier
from projector.postgres_errors import UNREADABLE
from projector.projections.registry import PROJECTIONS_BY_AGGREGATE
from projector.relay import settle
from projector.relay.claim import claim, claim_again, next_version
from projector.relay.project import BatchProjector, CrashPoint, Projected
from projector.relay.verdict import Verdict, judge
from projector.sinks.elasticsearch import Elasticsearch
from projector.sinks.redis import RedisSink
from projector.targets import current_targets, require_all_live


@dataclass(frozen=True)
class BatchResult:
    claimed: int = 0
    done: int = 0
    retried: int = 0
    dead: int = 0
    is_busy: bool = False


class DocumentsUnreadable(Exception):
    """Postgres could not build the documents of these rows."""

    def __init__(self, rows: Sequence[asyncpg.Record], error: asyncpg.PostgresError) -> None:
        super().__init__(str(error))
        self.rows = rows


async def nowhere(_: str) -> None:
    """The default of the named points, where tests stop or end the process."""


class Drain:
    def __init__(
        self,
        pool: Pool,
        elasticsearch: Elasticsearch,
        redis: RedisSink,
        dispatcher: Dispatcher,
        reached: CrashPoint = nowhere,
    ) -> None:
        self._pool = pool
        self._dispatcher = dispatcher
        self._elasticsearch = elasticsearch
        self._redis = redis
        self._reached = reached

    async def batch(self, connection: Connection, shards: list[int], lane: int, limit: int) -> BatchResult:
        """Projects at most about `limit` rows. Raises StoreUnavailable when a store is away: then nothing changed."""
        async with connection.transaction():
            await share_barrier(connection)
            shards = await lock_shards(connection, shards[:limit])
            rows = await claim(connection, shards, lane, limit) if shards else []
            if not rows:
                return BatchResult()
            await self._reached("claim")
            version = await next_version(self._pool)
            await self._reached("version")
            targets = await current_targets(connection)
            require_all_live(targets)
            projector = BatchProjector(self._elasticsearch, targets, version, self._reached)
            try:
                projected = await projector.project(connection, rows)
            except UNREADABLE as error:
                raise DocumentsUnreadable(rows, error) from error
            verdict = judge(rows, projected)
            await self._redis.apply(version, verdict.updates)
            await self._reached("redis")
            await self._dispatcher.dispatch(verdict.done)
            await _settle(connection, verdict, projected)
            await self._reached("before_commit")
        await self._reached("commit")
        return BatchResult(
            len(rows), len(verdict.done), len(verdict.retries), len(verdict.dead), is_busy=verdict.is_busy
        )

    async def count_failure(self, connection: Connection, row: asyncpg.Record, reason: str) -> None:
        """For a row whose document cannot even be read: its batch was rolled back, so this is a new transaction."""
        async with connection.transaction():
            present = await claim_again(connection, row)
            if present is None:
                return
            if present["attempts"] + 1 < settle.MAX_ATTEMPTS:
                pause = settle.retry_pause(present["attempts"])
                await settle.retry_later(connection, [settle.Retry(present, pause, counts=True)])
                return
            projection = PROJECTIONS_BY_AGGREGATE[present["aggregate_type"]][0]
            dead = settle.DeadDocument(projection.name, str(present["aggregate_id"]), reason, present)
            await settle.bury(connection, [dead])
            await settle.delete(connection, [present])


async def _settle(connection: Connection, verdict: Verdict, projected: Projected) -> None:
    if verdict.done:
        await settle.delete(connection, verdict.done)
    if verdict.retries:
        await settle.retry_later(connection, verdict.retries)
    if verdict.dead:
        await settle.bury(connection, verdict.dead)
    if await connection.fetchval("SELECT EXISTS (SELECT 1 FROM outbox_dead)"):
        well = [key for key in projected.documents if key not in projected.failures]
        await settle.revive(connection, well)
