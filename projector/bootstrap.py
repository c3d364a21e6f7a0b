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
from projector.kafka.consume import Consumers
from projector.kafka.link import KafkaLink
from projector.kafka.project import RecordProjector
from projector.kafka.publish import Publisher
from projector.kafka.watch import Watch
from projector.locks import Pool
from projector.metrics import Metrics
from projector.projections.registry import PROJECTIONS_BY_AGGREGATE
from projector.redis_fill import fill_alone, is_filled
from projector.relay.batch import Batch, nowhere
from projector.relay.claim import BACKGROUND_LANE, LIVE_LANE
from projector.relay.drain import Drain
from projector.relay.project import CrashPoint, Projections
from projector.relay.rounds import Rounds
from projector.relay.wake import Signal
from projector.relay.workers import Batches, Relay
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
# Beside one connection per worker, or for the relay and per member of a group: versions, freshness, a rebuild's five
# pipelines and its lock.
FURTHER_CONNECTIONS = 10


@dataclass
class Projector:
    settings: Settings
    pool: Pool
    elasticsearch: Elasticsearch
    redis: RedisSink
    access: AccessRecords
    layout: IndexLayout = ON_ONE_MACHINE
    # None: the outbox itself is the transport.
    kafka: KafkaLink | None = None
    metrics: Metrics = field(default_factory=Metrics)
    woken: Signal = field(default_factory=Signal)
    written: Signal = field(default_factory=Signal)
    caught_up: Signal = field(default_factory=Signal)
    rounds: Rounds = field(default_factory=Rounds)
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
        return Drain(self._batch(reached, projections))

    def relay(self, reached: CrashPoint = nowhere, projections: Projections = PROJECTIONS_BY_AGGREGATE) -> Relay:
        """From the outbox into the stores, or where Kafka is the transport into Kafka."""
        batches: Batches = self.drain(reached, projections)
        workers = self.settings.projector_workers
        if self.kafka is not None:
            # One keeps the order of records, and publishing waits for the broker rather than for us.
            batches, workers = Publisher(self.kafka, reached), 1
        return Relay(
            self.pool,
            batches,
            self.woken,
            self.metrics,
            self.rounds,
            workers=workers,
            batch_rows=self.settings.projector_batch_rows,
            longest_poll_s=self.settings.projector_poll_ms / 1000,
            on_written=self.written.ring,
            on_caught_up=self.caught_up.ring,
        )

    def consumers(self, kafka: KafkaLink, reached: CrashPoint = nowhere) -> Consumers:
        return Consumers(
            self.pool,
            kafka,
            self.record_projector(reached),
            self.metrics,
            members=self.settings.kafka_consumers,
            batch_rows=self.settings.projector_batch_rows,
            on_written=self.written.ring,
            reached=reached,
        )

    def record_projector(
        self, reached: CrashPoint = nowhere, projections: Projections = PROJECTIONS_BY_AGGREGATE
    ) -> RecordProjector:
        return RecordProjector(self._batch(reached, projections), self.metrics)

    def watch(self, kafka: KafkaLink) -> Watch:
        return Watch(self.pool, kafka, self.metrics)

    def credential_keeper(self) -> CredentialKeeper:
        return CredentialKeeper(self.pool, self.redis.redis, self.settings)

    def ticker(self) -> FreshnessTicker:
        return FreshnessTicker(
            self.pool,
            self.elasticsearch,
            self.redis,
            self.namespace,
            self.written,
            self.caught_up,
            self.rounds,
            self.metrics,
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

    def _batch(self, reached: CrashPoint, projections: Projections) -> Batch:
        dispatcher = Dispatcher(self.redis.redis, self.namespace, self.handlers)
        return Batch(self.pool, self.elasticsearch, self.redis, dispatcher, reached, projections, self.tracing)


@asynccontextmanager
async def open_projector(
    settings: Settings, connect: Callable[[Settings], Redis] = connect_redis, tracing: Tracing | None = None
) -> AsyncIterator[Projector]:
    layout = IndexLayout.of(settings)
    pool = await create_pool(
        settings.database_url,
        application_name=APPLICATION_NAME,
        max_size=max(settings.projector_workers, 2 + settings.kafka_consumers) + FURTHER_CONNECTIONS,
        statement_timeout_ms=STATEMENT_TIMEOUT_MS,
    )
    redis, line = connect(settings), connect_redis_line(settings)
    metrics = Metrics()
    metrics.stores.watch_pool("projector", lambda: pool_use(pool))
    metrics.stores.watch_line(line)
    kafka = KafkaLink(settings) if settings.transport == "kafka" else None
    try:
        async with open_elasticsearch(
            settings.elasticsearch_url, settings.elasticsearch_pool_max, metrics.count_bulk
        ) as elasticsearch:
            sink = RedisSink(redis, Keys(settings.namespace), settings.events_kept)
            access = AccessRecords(line, settings.namespace)
            yield Projector(settings, pool, elasticsearch, sink, access, layout, kafka, metrics, tracing=tracing)
    finally:
        if kafka is not None:
            await kafka.aclose()
        await line.aclose()
        await redis.aclose()
        await pool.close()
