"""Through Kafka: how fast the relay publishes, and how fast one, two and four projectors project together."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from benchmarks.harness.children import environment_of, run_child
from benchmarks.harness.figure import Bench, Figure
from benchmarks.harness.interleave import interleaved
from benchmarks.harness.result import Row
from benchmarks.harness.servers import running
from benchmarks.harness.spread import Spread
from benchmarks.harness.world import ALL_READ_MODELS, World
from projector.bootstrap import Projector, open_projector
from projector.kafka.link import KafkaLink
from projector.kafka.publish import Publisher
from stack.kafka import KafkaProcess
from stack.layout import Layout
from stack.ports import Ports, is_free
from stack.processes import stop_together
from stack.progress import Silent
from write_api.persistence.outbox import LIVE_LANE, SHARDS

PROCESSES = (1, 2, 4)
BATCH_ROWS = 1_000
LOOK_INTERVAL_S = 0.02
JOIN_S = 60.0
# Each ticket once more, so that a row is a document.
_FILL = """
INSERT INTO outbox (shard, aggregate_type, aggregate_id, aggregate_version, event_type)
SELECT get_byte(uuid_send(id), 15) & 15, 'ticket', id, version, 'Again' FROM tickets ORDER BY id LIMIT $1"""


async def measure(bench: Bench) -> list[Row]:
    rows = min(bench.sizes.tickets, bench.sizes.burst_changes)
    with _broker() as address:
        async with bench.copy_of(bench.sizes.tickets, "kafka", ALL_READ_MODELS) as world:
            changes = {"transport": "kafka", "kafka_servers": (address,), "kafka_consumers": 1}
            settings = world.settings.copy(update=changes)
            async with open_projector(settings) as projector:
                assert projector.kafka is not None
                table = []
                for processes in PROCESSES:
                    async with _crowd(bench, projector, projector.kafka, processes):
                        own, limits = await interleaved(
                            bench.runs,
                            lambda: _project(world, projector, projector.kafka, rows),
                            lambda: _drain(world, rows),
                        )
                    table.append(
                        Row(
                            f"Kafka: documents published and projected, {_counted(processes)}",
                            "documents/s",
                            Spread.of(own),
                            Spread.of(limits),
                            "the same rows out of the outbox, one projector",
                            note="all processes share the machine's cores with the stores and the broker",
                        )
                    )
                # At last: what nobody takes out would be read by whoever comes next.
                published = [await _publish(world, projector, projector.kafka, rows) for _ in range(bench.runs)]
    relay = Row(
        "Kafka: rows published, one relay",
        "rows/s",
        Spread.of(published),
        note=f"{rows:,} rows, acknowledged by one broker on the same cores; idempotent, acks=all",
    )
    return [relay, *table]


async def _publish(world: World, projector: Projector, kafka: KafkaLink, rows: int) -> float:
    await _fill(world, rows)
    publisher = Publisher(kafka)
    await kafka.producer()
    started = time.monotonic()
    await _publish_all(projector, publisher)
    seconds = time.monotonic() - started
    await world.pool.execute("TRUNCATE outbox_published")
    return rows / seconds


async def _project(world: World, projector: Projector, kafka: KafkaLink | None, rows: int) -> float:
    assert kafka is not None
    await _fill(world, rows)
    publisher = Publisher(kafka)
    started = time.monotonic()
    await _publish_all(projector, publisher)
    while await world.pool.fetchval("SELECT EXISTS (SELECT FROM pending_changes)"):
        await asyncio.sleep(LOOK_INTERVAL_S)
    return rows / (time.monotonic() - started)


async def _drain(world: World, rows: int) -> float:
    await _fill(world, rows)
    drained = await run_child(world.settings, "benchmarks.children.drain")
    return rows / float(drained["seconds"])


async def _fill(world: World, rows: int) -> None:
    await world.pool.execute("TRUNCATE outbox")
    await world.pool.execute(_FILL, rows)
    await world.pool.execute("VACUUM (ANALYZE) outbox")


async def _publish_all(projector: Projector, publisher: Publisher) -> None:
    async with projector.pool.acquire() as connection:
        while (await publisher.batch(connection, list(range(SHARDS)), LIVE_LANE, BATCH_ROWS)).claimed:
            continue


@asynccontextmanager
async def _crowd(bench: Bench, projector: Projector, kafka: KafkaLink, processes: int) -> AsyncIterator[None]:
    """That many processes, all of them members before anything is measured."""
    async with AsyncExitStack() as stack:
        for number in range(processes):
            command = ["benchmarks.children.consume"]
            environment = environment_of(projector.settings)
            await stack.enter_async_context(running(f"consumer-{number}", command, environment, bench.logs))
        await asyncio.wait_for(_until_members(kafka, processes), JOIN_S)
        yield


async def _until_members(kafka: KafkaLink, count: int) -> None:
    admin = AIOKafkaAdminClient(**kafka.options())
    await admin.start()
    try:
        while not await _are_members(admin, kafka.group(LIVE_LANE), count):
            await asyncio.sleep(LOOK_INTERVAL_S)
    finally:
        await admin.close()


async def _are_members(admin: AIOKafkaAdminClient, group: str, count: int) -> bool:
    try:
        (answer,) = await admin.describe_consumer_groups([group])
    except KafkaError:
        # A new broker makes what it keeps groups in when it is asked for the first.
        return False
    _, _, state, _, _, members, *_ = answer.groups[0]
    return (state, len(members)) == ("Stable", count)


@contextmanager
def _broker() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="tidedesk-bench-kafka-", ignore_cleanup_errors=True) as folder:
        layout = Layout.at(Path(folder))
        layout.create()
        server = KafkaProcess(layout, Ports(_free_base()), Silent())
        try:
            server.launch()
            server.wait()
            yield server.address
        finally:
            stop_together([server.process])


def _free_base() -> int:
    while True:
        ports = Ports(random.SystemRandom().randrange(12_000, 32_000, 20))
        if is_free(ports.kafka) and is_free(ports.kafka_controller):
            return ports.base


def _counted(processes: int) -> str:
    return "one projector" if processes == 1 else f"{processes} projectors"


FIGURE = Figure(
    "kafka", "through Kafka", measure, lambda sizes: 60 + sizes.tickets / 1_500 + sizes.runs * sizes.burst_changes / 250
)
