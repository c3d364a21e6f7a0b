"""Members of the groups that project what Kafka has: version, read, write, delete the rows, and offsets last."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from projector import postgres_errors
from projector.kafka.link import STORE, TROUBLE, KafkaLink, leave
from projector.kafka.project import RecordProjector
from projector.kafka.put_off import PutOff, go_back
from projector.kafka.records import Change, NotOurs, parse
from projector.locks import Pool
from projector.metrics import Metrics
from projector.relay.claim import BACKGROUND_LANE, LIVE_LANE
from projector.relay.lanes import BACKGROUND_ROWS, BACKGROUND_SHARE, LIVE_FOR_S
from projector.relay.project import CrashPoint
from projector.relay.throttle import Throttle
from runtime.errors import StoreUnavailable

log = structlog.get_logger(__name__)

POLL_MS = 500
# To find the group, and to be given partitions: others have to give theirs up first.
JOIN_TIMEOUT_S = 60.0

Polled = Mapping[TopicPartition, Sequence[ConsumerRecord[bytes, bytes]]]


class Consumers:
    """Of one process: some members for live work, and one for what may wait."""

    def __init__(
        self,
        pool: Pool,
        kafka: KafkaLink,
        projector: RecordProjector,
        metrics: Metrics,
        *,
        members: int,
        batch_rows: int,
        on_written: Callable[[], None],
        reached: CrashPoint,
    ) -> None:
        self._pool = pool
        self._kafka = kafka
        self._projector = projector
        self._metrics = metrics
        self._members = members
        self._on_written = on_written
        self._reached = reached
        self._throttle = Throttle(batch_rows)
        self._live_at = float("-inf")
        self._stopping = False

    async def run(self) -> None:
        """Until `stop`, then finishes the batches that are under way."""
        lanes = [LIVE_LANE] * self._members + [BACKGROUND_LANE]
        await asyncio.gather(*(self._consume(lane) for lane in lanes))

    def stop(self) -> None:
        self._stopping = True

    async def _consume(self, lane: int) -> None:
        while not self._stopping:
            try:
                # Makes the topics where they are missing.
                await self._kafka.producer()
                await self._be_member(lane)
            except TROUBLE as error:
                self._pause(STORE, str(error) or type(error).__name__)
            except StoreUnavailable as error:
                self._pause(error.store, error.detail)
            await self._throttle.wait()

    async def _be_member(self, lane: int) -> None:
        consumer = self._kafka.consumer(self._kafka.topic(lane), group=self._kafka.group(lane))
        put_off = PutOff(consumer)
        try:
            await asyncio.wait_for(consumer.start(), JOIN_TIMEOUT_S)
            while not self._stopping:
                await self._throttle.wait()
                put_off.resume_due()
                limit = self._throttle.batch_rows
                if lane == BACKGROUND_LANE:
                    limit = min(limit, BACKGROUND_ROWS)
                poll_ms = int(min(POLL_MS, put_off.pause_s * 1000 + 1))
                polled = await consumer.getmany(timeout_ms=poll_ms, max_records=limit)
                if polled:
                    await self._take(consumer, put_off, lane, polled)
        finally:
            await leave(consumer)

    async def _take(self, consumer: AIOKafkaConsumer, put_off: PutOff, lane: int, polled: Polled) -> None:
        """Offsets are committed for all of a partition or for nothing: what is done already finds nothing to do."""
        started = time.monotonic()
        if lane == LIVE_LANE:
            self._live_at = started
        changes = {partition: _changes(records) for partition, records in polled.items()}
        left = await self._project(lane, [change for some in changes.values() for change in some])
        if left is None:
            go_back(consumer, polled)
        else:
            later = {partition for partition, some in changes.items() if any(one.shard in left for one in some)}
            if later:
                put_off.put_off({partition: polled[partition] for partition in later})
            taken = {partition: records for partition, records in polled.items() if partition not in later}
            if taken:
                await commit(consumer, taken, self._kafka.timeout_s)
                await self._reached("offsets")
        if lane == BACKGROUND_LANE and time.monotonic() - self._live_at < LIVE_FOR_S:
            await asyncio.sleep((time.monotonic() - started) * (1 / BACKGROUND_SHARE - 1))

    async def _project(self, lane: int, changes: Sequence[Change]) -> frozenset[int] | None:
        """The shards whose records have to come again, or None where all of them have to."""
        if not changes:
            return frozenset()
        try:
            async with self._pool.acquire() as connection:
                taken = await self._projector.project(connection, lane, changes, self._throttle.batch_rows)
        except StoreUnavailable as error:
            self._pause(error.store, error.detail)
            return None
        except postgres_errors.ANY as error:
            self._pause("postgres", str(error) or type(error).__name__)
            return None
        self._on_written()
        if taken.is_busy:
            self._pause("elasticsearch", "it refuses documents for now")
            return None
        self._throttle.succeeded()
        if taken.left:
            log.info("shards_still_taken", lane=lane, shards=sorted(taken.left))
        return taken.left

    def _pause(self, store: str, reason: str) -> None:
        pause_s = self._throttle.failed()
        self._metrics.pauses.labels(store).inc()
        log.warning("consumers_paused", store=store, reason=reason, pause_s=round(pause_s, 2))


def _changes(records: Sequence[ConsumerRecord[bytes, bytes]]) -> list[Change]:
    changes = []
    for record in records:
        try:
            changes.append(parse(record.key, record.value))
        except NotOurs as error:
            place = f"{record.topic}:{record.partition}:{record.offset}"
            log.warning("record_skipped", record=place, error=str(error))
    return changes


async def commit(consumer: AIOKafkaConsumer, polled: Polled, timeout_s: float) -> None:
    """Best effort: what is not committed is read again by somebody, who finds nothing to do."""
    offsets = {partition: records[-1].offset + 1 for partition, records in polled.items()}
    try:
        # By itself it tries without end while the group has no coordinator, and this member would stand still.
        await asyncio.wait_for(consumer.commit(offsets), timeout_s)
    except (KafkaError, asyncio.TimeoutError) as error:
        # Most likely the partitions are another member's by now.
        log.info("offsets_not_committed", error=str(error) or type(error).__name__)
