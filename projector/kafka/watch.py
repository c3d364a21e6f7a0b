"""Looks after what Kafka has: whether it answers, how far the groups are, and what it lost goes back to the outbox."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from projector import postgres_errors
from projector.kafka.link import LANES, TROUBLE, KafkaLink, leave
from projector.kafka.published import Readable, take_back_all, take_back_unreadable
from projector.locks import Pool
from projector.metrics import Metrics
from runtime.errors import StoreUnavailable

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 2.0
# A row that was published after the offsets were asked for may lie beyond them: longer than asking takes.
SURELY_THERE = timedelta(seconds=30)
# With the outbox as the transport nobody consumes: what a projector with Kafka published last may be still under way.
SURELY_LEFT = timedelta(seconds=10)


class Watch:
    def __init__(self, pool: Pool, kafka: KafkaLink, metrics: Metrics) -> None:
        self._pool = pool
        self._kafka = kafka
        self._metrics = metrics

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self._look_until_lost()
            except (*TROUBLE, StoreUnavailable, *postgres_errors.ANY) as error:
                log.warning("kafka_not_watched", error=str(error) or type(error).__name__)
            await asyncio.sleep(LOOK_EVERY_S)

    async def _look_until_lost(self) -> None:
        try:
            await self._kafka.producer()
            observers = {lane: self._kafka.consumer(group=self._kafka.group(lane)) for lane in LANES}
            try:
                for observer in observers.values():
                    await asyncio.wait_for(observer.start(), 2 * self._kafka.timeout_s)
                while True:
                    for lane, observer in observers.items():
                        await self.look(lane, observer)
                    self._found(True)
                    await asyncio.sleep(LOOK_EVERY_S)
            finally:
                for observer in observers.values():
                    await leave(observer)
        except (*TROUBLE, StoreUnavailable):
            self._found(False)
            raise

    async def look(self, lane: int, observer: AIOKafkaConsumer) -> None:
        readable = await asyncio.wait_for(self._readable(lane, observer), 2 * self._kafka.timeout_s)
        self._metrics.kafka_lag.labels(self._kafka.topic(lane)).set(sum(one.next - one.first for one in readable))
        if lost := await take_back_unreadable(self._pool, lane, readable, SURELY_THERE):
            log.warning("published_again", topic=self._kafka.topic(lane), rows=lost)

    async def _readable(self, lane: int, observer: AIOKafkaConsumer) -> list[Readable]:
        topic = self._kafka.topic(lane)
        partitions = [TopicPartition(topic, number) for number in range(self._kafka.partitions[lane])]
        # In this order: whatever is read by the group afterwards was projected before.
        read = [await observer.committed(partition) or 0 for partition in partitions]
        first, end = await observer.beginning_offsets(partitions), await observer.end_offsets(partitions)
        return [
            Readable(partition.partition, max(offset, first[partition]), end[partition])
            for partition, offset in zip(partitions, read)
        ]

    def _found(self, is_reachable: bool) -> None:
        self._kafka.is_reachable = is_reachable
        self._metrics.kafka_reachable.set(is_reachable)


async def keep_nothing_published(pool: Pool) -> None:
    """Until cancelled, where the outbox is the transport: what was left to Kafka before is pending again."""
    while True:
        try:
            if left := await take_back_all(pool, SURELY_LEFT):
                log.warning("published_again", rows=left)
        except postgres_errors.ANY as error:
            log.warning("published_not_taken_back", error=str(error))
        await asyncio.sleep(LOOK_EVERY_S)
