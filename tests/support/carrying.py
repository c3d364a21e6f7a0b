"""What a projector's process does with Kafka, in this loop and in parts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from projector.bootstrap import Projector
from projector.kafka.link import LANES, KafkaLink
from projector.kafka.records import Change
from projector.relay.batch import nowhere
from projector.relay.project import CrashPoint
from runtime.tasks import cancel_all
from tests.support.eventually import eventually

# To join a group, on a busy machine.
TIMEOUT_S = 60.0


def link_of(projector: Projector) -> KafkaLink:
    assert projector.kafka is not None
    return projector.kafka


@asynccontextmanager
async def publishing(projector: Projector, reached: CrashPoint = nowhere) -> AsyncIterator[None]:
    relay = projector.relay(reached)
    running = asyncio.ensure_future(relay.run())
    try:
        yield
    finally:
        relay.stop()
        await running


@asynccontextmanager
async def consuming(projector: Projector, reached: CrashPoint = nowhere) -> AsyncIterator[None]:
    consumers = projector.consumers(link_of(projector), reached)
    running = asyncio.ensure_future(consumers.run())
    try:
        yield
    finally:
        consumers.stop()
        await asyncio.wait([running], timeout=TIMEOUT_S)
        await cancel_all([running])


@asynccontextmanager
async def carrying(projector: Projector) -> AsyncIterator[None]:
    async with publishing(projector), consuming(projector):
        yield


async def published_changes(projector: Projector) -> list[Change]:
    """What the records say of all that was published and is not projected."""
    rows = await projector.pool.fetch("SELECT id, root_id FROM outbox_published ORDER BY id")
    return [Change(row["id"], row["root_id"]) for row in rows]


async def waiting(projector: Projector, table: str = "pending_changes") -> int:
    count: int = await projector.pool.fetchval(f"SELECT count(*) FROM {table}")
    return count


async def is_empty(projector: Projector, table: str = "pending_changes") -> None:
    async def nothing_waits() -> bool:
        return await waiting(projector, table) == 0

    await eventually(nothing_waits, TIMEOUT_S)


async def publish_all(projector: Projector) -> None:
    async with publishing(projector):
        await is_empty(projector, "outbox")


async def carry_all(projector: Projector) -> None:
    """Until nothing waits, but for what backs off."""

    async def nothing_is_due() -> bool:
        due = "SELECT count(*) FROM pending_changes WHERE next_at <= now()"
        return bool(await projector.pool.fetchval(due) == 0)

    async with carrying(projector):
        await eventually(nothing_is_due, TIMEOUT_S)


async def look(projector: Projector) -> float:
    """Once, as the watch does all the time; answers how many records the groups have still before them."""
    link = link_of(projector)
    await link.producer()
    for lane in LANES:
        observer = link.consumer(group=link.group(lane))
        await observer.start()
        try:
            await projector.watch(link).look(lane, observer)
        finally:
            await observer.stop()
    read = projector.metrics.registry.get_sample_value
    return sum(read("tidedesk_kafka_lag_records", {"topic": link.topic(lane)}) or 0.0 for lane in LANES)


async def forget_offsets(projector: Projector) -> None:
    """The groups begin anew; nobody may be a member."""
    link = link_of(projector)
    for lane in LANES:
        async with _assigned(link, lane, link.group(lane)) as (consumer, partitions):
            await consumer.commit(dict.fromkeys(partitions, 0))


async def read_topic(projector: Projector, lane: int) -> list[Any]:
    records: list[Any] = []
    link = link_of(projector)
    async with _assigned(link, lane, None) as (consumer, partitions):
        await consumer.seek_to_beginning()
        wanted = sum((await consumer.end_offsets(partitions)).values())
        while len(records) < wanted:
            for some in (await consumer.getmany(timeout_ms=1_000)).values():
                records += some
    return records


async def has_members(projector: Projector, lane: int, count: int) -> None:
    """And all of them have their partitions."""
    link = link_of(projector)
    admin = AIOKafkaAdminClient(**link.options())

    async def are_there() -> bool:
        try:
            (answer,) = await admin.describe_consumer_groups([link.group(lane)])
        except KafkaError as error:
            # A new broker makes what it keeps groups in when it is asked for the first.
            raise AssertionError(str(error)) from error
        (group,) = answer.groups
        _, _, state, _, _, members, *_ = group
        assert (state, len(members)) == ("Stable", count)
        return True

    await admin.start()
    try:
        await eventually(are_there, TIMEOUT_S, interval_s=0.1)
    finally:
        await admin.close()


@asynccontextmanager
async def _assigned(
    link: KafkaLink, lane: int, group: str | None
) -> AsyncIterator[tuple[AIOKafkaConsumer, list[TopicPartition]]]:
    await link.producer()
    partitions = [TopicPartition(link.topic(lane), number) for number in range(link.partitions[lane])]
    consumer = AIOKafkaConsumer(group_id=group, enable_auto_commit=False, **link.options())
    await consumer.start()
    try:
        consumer.assign(partitions)
        yield consumer, partitions
    finally:
        await consumer.stop()
