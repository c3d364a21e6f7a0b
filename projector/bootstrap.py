"""The composition root of the projector's processes: everything is made here and handed on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from redis.asyncio import Redis

from projector.freshness import FreshnessTicker
from projector.handlers import HANDLERS, Dispatcher, Handlers
from projector.index_layout import ON_ONE_MACHINE, IndexLayout
from projector.locks import Pool
from projector.metrics import Metrics
from projector.projections.registry import PROJECTIONS_BY_AGGREGATE
from projector.redis_fill import fill_alone, is_filled
from projector.relay.claim import BACKGROUND_LANE, LIVE_LANE
from projector.relay.drain import Drain, nowhere
from projector.relay.project import CrashPoint, Projections
from projector.relay.wake import Signal
from projector.relay.workers import Relay
from projector.sentinel import Sentinel
from projector.sinks.elasticsearch import Elasticsearch, open_elasticsearch
from projector.sinks.redis import RedisSink
from projector.targets import ensure_targets
from read_models.keys import Keys
from runtime.redis import connect_redis
from runtime.redis_line import connect_redis_line
from runtime.settings import Settings
from runtime.tracing.spans import Tracing
from write_api.persistence.access import AccessRecords
from write_api.persistence.credential_keeper import CredentialKeeper
from write_api.persistence.database import create_pool, pool_use
from write_api.persistence.outbox import SHARDS

APPLICATION_NAME = "projector"
# The transactions of jobs are commands like any other: they must hold back `as_of`, unlike those of the relay.
JOBS_APPLICATION_NAME = "projector_jobs"
STATEMENT_TIMEOUT_MS = 15_000
# Beside one connection per worker: versions, freshness, a rebuild's five pipelines and its lock.
FURTHER_CONNECTIONS = 10


@dataclass
class Projector:
    settings: Settings
    pool: Pool
    elasticsearch: Elasticsearch
    redis: RedisSink
    access: AccessRecords
    layout: IndexLayout = ON_ONE_MACHINE
    metrics: Metrics = field(default_factory=Metrics)
    woken: Signal = field(default_factory=Signal)
    written: Signal = field(default_factory=Signal)
    caught_up: Signal = field(default_factory=Signal)
    handlers: Handlers = field(default_factory=lambda: HANDLERS)
    tracing: Tracing | None = None

    @property
    def namespace(self) -> str:
        return self.settings.namespace

    async def ensure_targets(self) -> None:
        """Creates indices and aliases that are missing."""
        refresh_ms = self.settings.projector_refresh_ms
        await ensure_targets(self.pool, self.elasticsearch, self.namespace, refresh_ms, self.layout)

    def drain(self, reached: CrashPoint = nowhere, projections: Projections = PROJECTIONS_BY_AGGREGATE) -> Drain:
        """Without `projections` nothing is written: the relay by itself."""
        dispatcher = Dispatcher(self.redis.redis, self.namespace, self.handlers)
        return Drain(self.pool, self.elasticsearch, self.redis, dispatcher, reached, projections, self.tracing)

    def relay(self, reached: CrashPoint = nowhere, projections: Projections = PROJECTIONS_BY_AGGREGATE) -> Relay:
        return Relay(
            self.pool,
            self.drain(reached, projections),
            self.woken,
            self.metrics,
            workers=self.settings.projector_workers,
            batch_rows=self.settings.projector_batch_rows,
            longest_poll_s=self.settings.projector_poll_ms / 1000,
            on_written=self.written.ring,
            on_caught_up=self.caught_up.ring,
        )

    def credential_keeper(self) -> CredentialKeeper:
        return CredentialKeeper(self.pool, self.redis.redis, self.settings)

    def ticker(self) -> FreshnessTicker:
        return FreshnessTicker(
            self.pool, self.elasticsearch, self.redis, self.namespace, self.written, self.caught_up, self.metrics
        )

    def sentinel(self, pool: Pool) -> Sentinel:
        """`pool` is for commands: freshness has to wait for the transaction that writes the row."""
        return Sentinel(pool, self.elasticsearch, self.redis, self.metrics, self.settings.projector_sentinel_s)

    async def drain_all(self, reached: CrashPoint = nowhere) -> int:
        """Projects what is due now, then publishes how fresh everything is; answers the number of rows."""
        drain, done = self.drain(reached), 0
        async with self.pool.acquire() as connection:
            for lane in (LIVE_LANE, BACKGROUND_LANE):
                while (
                    result := await drain.batch(
                        connection, list(range(SHARDS)), lane, self.settings.projector_batch_rows
                    )
                ).claimed:
                    done += result.done
                    if result.is_busy:
                        await asyncio.sleep(0.1)
        await self.ticker().publish()
        return done

    async def fill_redis(self) -> int:
        return await fill_alone(self.pool, self.redis)

    async def refill_redis(self) -> None:
        """Where Redis was emptied; otherwise nothing is missing."""
        if not await is_filled(self.redis):
            await self.fill_redis()


@asynccontextmanager
async def open_projector(
    settings: Settings, connect: Callable[[Settings], Redis] = connect_redis, tracing: Tracing | None = None
) -> AsyncIterator[Projector]:
    layout = IndexLayout.of(settings)
    pool = await create_pool(
        settings.database_url,
        application_name=APPLICATION_NAME,
        max_size=settings.projector_workers + FURTHER_CONNECTIONS,
        statement_timeout_ms=STATEMENT_TIMEOUT_MS,
    )
    redis, line = connect(settings), connect_redis_line(settings)
    metrics = Metrics()
    metrics.stores.watch_pool("projector", lambda: pool_use(pool))
    metrics.stores.watch_line(line)
    try:
        async with open_elasticsearch(
            settings.elasticsearch_url, settings.elasticsearch_pool_max, metrics.count_bulk
        ) as elasticsearch:
            sink = RedisSink(redis, Keys(settings.namespace), settings.events_kept)
            access = AccessRecords(line, settings.namespace)
            yield Projector(settings, pool, elasticsearch, sink, access, layout, metrics, tracing=tracing)
    finally:
        await line.aclose()
        await redis.aclose()
        await pool.close()
