"""One batch out of the outbox into Kafka: a row leaves it when all replicas in sync have acknowledged its record."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from typing import Any

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaTimeoutError

from projector.kafka import published
from projector.kafka.link import TROUBLE, KafkaLink, unavailable
from projector.kafka.published import Acked
from projector.kafka.records import headers_of, key_of, value_of
from projector.locks import Connection, lock_outbox
from projector.relay.batch import BatchResult, nowhere
from projector.relay.project import CrashPoint

# Of acknowledgements, while there is something to send.
LONGEST_SILENCE_S = 30.0

_ROWS = """
SELECT o.*
FROM unnest($1::smallint[]) AS mine (shard)
CROSS JOIN LATERAL (
    SELECT ctid AS place, id, lane, shard, aggregate_type, aggregate_id, aggregate_version, event_id, event_type,
        trace_context, schema_version, created_at, part_of, root_id
    FROM outbox WHERE shard = mine.shard AND lane = $2 AND next_at <= now() ORDER BY id LIMIT $3
) AS o"""

Sent = dict[int, asyncio.Future[Any]]


class Publisher:
    """For a relay of one worker: the producer keeps the order within a partition, and a partition has whole shards."""

    def __init__(self, kafka: KafkaLink, reached: CrashPoint = nowhere) -> None:
        self._kafka = kafka
        self._reached = reached
        # By the id of the row, what was sent and not acknowledged in time: it is under way, and not to be sent again.
        self._sent: Sent = {}
        self._acked_at = time.monotonic()

    async def batch(self, connection: Connection, shards: list[int], lane: int, limit: int) -> BatchResult:
        """Publishes about `limit` rows. Raises StoreUnavailable when Kafka is away: what it acknowledged has moved."""
        producer = await self._kafka.producer()
        async with connection.transaction():
            shards = await lock_outbox(connection, shards[:limit])
            rows = await connection.fetch(_ROWS, shards, lane, max(1, limit // len(shards))) if shards else []
            if not rows:
                return BatchResult()
            await self._reached("publish")
            trouble = await self._send(producer, lane, rows)
            acked = self._acked(rows)
            self._forget(rows, acked)
            await self._reached("acked")
            await published.move(connection, acked)
        await self._reached("moved")
        if acked:
            self._acked_at = time.monotonic()
        if trouble is not None:
            self._give_up(trouble)
            raise unavailable(trouble) from trouble
        return BatchResult(len(rows), published=len(acked))

    async def _send(
        self, producer: AIOKafkaProducer, lane: int, rows: Sequence[asyncpg.Record]
    ) -> BaseException | None:
        """What kept some of them from being acknowledged. It takes less than the 15 s after which Postgres ends an idle
        transaction, whatever Kafka does."""
        deadline = time.monotonic() + self._kafka.timeout_s
        try:
            await asyncio.wait_for(self._hand_over(producer, lane, rows), self._kafka.timeout_s)
        except TROUBLE as error:
            return error
        futures = [self._sent[row["id"]] for row in rows]
        _, waiting = await asyncio.wait(futures, timeout=max(0.0, deadline - time.monotonic()))
        for future in futures:
            if future.done() and (failed := future.exception()) is not None:
                return failed
        return KafkaTimeoutError(f"{len(waiting)} records without an acknowledgement") if waiting else None

    def _give_up(self, trouble: BaseException) -> None:
        """An idempotent producer repeats for ever what can be repeated, also into a topic that is gone. Its successor
        makes the topics that are missing, and sends anew what was not acknowledged."""
        is_slow = isinstance(trouble, (asyncio.TimeoutError, KafkaTimeoutError))
        if is_slow and time.monotonic() - self._acked_at < LONGEST_SILENCE_S:
            return
        if self._kafka.retire_producer():
            self._sent.clear()

    async def _hand_over(self, producer: AIOKafkaProducer, lane: int, rows: Sequence[asyncpg.Record]) -> None:
        topic = self._kafka.topic(lane)
        for row in rows:
            if row["id"] in self._sent:
                continue
            future = await producer.send(
                topic,
                value_of(row),
                key_of(row),
                # A shard is never in two of them: whoever projects it has the whole of it.
                partition=row["shard"] % self._kafka.partitions[lane],
                timestamp_ms=int(row["created_at"].timestamp() * 1000),
                headers=headers_of(row),
            )
            # Nobody may be left to hear of its failure.
            future.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._sent[row["id"]] = future

    def _acked(self, rows: Iterable[asyncpg.Record]) -> list[Acked]:
        """In each shard up to the first that was not: what follows comes again after it, in order."""
        acked, stopped = [], set()
        for row in rows:
            future = self._sent.get(row["id"])
            if row["shard"] in stopped or future is None or not future.done() or future.exception() is not None:
                stopped.add(row["shard"])
                continue
            place = future.result()
            acked.append(Acked(row["place"], row["id"], place.partition, place.offset))
        return acked

    def _forget(self, rows: Iterable[asyncpg.Record], acked: Iterable[Acked]) -> None:
        """All but what is under way, and what waits for a record before it."""
        here = {row["id"] for row in rows} - {one.row_id for one in acked}
        self._sent = {
            row_id: future
            for row_id, future in self._sent.items()
            if not future.done() or (row_id in here and future.exception() is None)
        }
