"""How a process of ours speaks to Kafka: the topics by lane, the one producer, and clients like it."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from projector.relay.claim import BACKGROUND_LANE, LIVE_LANE
from runtime.errors import StoreUnavailable
from runtime.settings import Settings
from runtime.tasks import cancel_all

log = structlog.get_logger(__name__)

STORE = "kafka"
TROUBLE = (KafkaError, OSError, asyncio.TimeoutError)
STOP_TIMEOUT_S = 5.0
# From this many copies of a topic on a record counts as written when two have it.
SAFE_REPLICATION = 3
BATCH_BYTES = 131_072
LANES = (LIVE_LANE, BACKGROUND_LANE)


class KafkaLink:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.timeout_s = settings.kafka_timeout_ms / 1000
        # By lane, of the topics that are there.
        self.partitions: dict[int, int] = {}
        # As the last look at it found it.
        self.is_reachable = False
        self._producer: AIOKafkaProducer | None = None
        self._opening = asyncio.Lock()
        self._retiring: set[asyncio.Task[None]] = set()

    def topic(self, lane: int) -> str:
        """Work that may wait has a topic of its own, so that it is not before live work in a partition."""
        return f"{self._settings.namespace}.changes" + ("" if lane == LIVE_LANE else ".background")

    def group(self, lane: int) -> str:
        return f"{self._settings.namespace}-projector" + ("" if lane == LIVE_LANE else "-background")

    async def producer(self) -> AIOKafkaProducer:
        """Raises StoreUnavailable where there is no broker, or no topic can be made."""
        async with self._opening:
            if self._producer is None:
                try:
                    self._producer = await asyncio.wait_for(self._open(), 2 * self.timeout_s)
                except TROUBLE as error:
                    raise unavailable(error) from error
            return self._producer

    def retire_producer(self) -> bool:
        """The next begins anew; this one sends what it has, if it can. It stays while one before it has not ended."""
        if self._producer is None or self._retiring:
            return False
        retiring = asyncio.create_task(self._producer.stop())
        self._retiring.add(retiring)
        retiring.add_done_callback(self._retiring.discard)
        self._producer = None
        return True

    def consumer(self, *topics: str, group: str) -> AIOKafkaConsumer:
        return AIOKafkaConsumer(
            *topics,
            group_id=group,
            enable_auto_commit=False,
            # Of a group without offsets, and where they are lost: what comes again finds nothing to do.
            auto_offset_reset="earliest",
            session_timeout_ms=self._settings.kafka_session_ms,
            heartbeat_interval_ms=self._settings.kafka_session_ms // 3,
            **self.options(),
        )

    def options(self) -> dict[str, Any]:
        settings = self._settings
        options: dict[str, Any] = {
            "bootstrap_servers": list(settings.kafka_servers),
            "client_id": settings.namespace,
            "request_timeout_ms": settings.kafka_timeout_ms,
            "security_protocol": settings.kafka_security,
        }
        if settings.kafka_security.endswith("SSL"):
            options["ssl_context"] = ssl.create_default_context(cafile=settings.kafka_ca_file or None)
        if settings.kafka_security.startswith("SASL"):
            options["sasl_mechanism"] = settings.kafka_sasl
            options["sasl_plain_username"] = settings.kafka_username
            options["sasl_plain_password"] = settings.kafka_password.get_secret_value()
        return options

    async def aclose(self) -> None:
        ending = [*self._retiring]
        if self._producer is not None:
            ending.append(asyncio.create_task(self._producer.stop()))
        if ending:
            await asyncio.wait(ending, timeout=STOP_TIMEOUT_S)
            await cancel_all(ending)

    async def _open(self) -> AIOKafkaProducer:
        await self._make_topics()
        producer = AIOKafkaProducer(enable_idempotence=True, acks="all", max_batch_size=BATCH_BYTES, **self.options())
        try:
            await producer.start()
            for lane in LANES:
                self.partitions[lane] = len(await producer.partitions_for(self.topic(lane)))
        except BaseException:
            await producer.stop()
            raise
        return producer

    async def _make_topics(self) -> None:
        """Those that are there stay as they are."""
        settings = self._settings
        safe = settings.kafka_replication >= SAFE_REPLICATION
        configs = {"min.insync.replicas": "2" if safe else "1"}
        admin = AIOKafkaAdminClient(**self.options())
        try:
            await admin.start()
            missing = set(map(self.topic, LANES)) - set(await admin.list_topics())
            topics = [
                NewTopic(name, settings.kafka_partitions, settings.kafka_replication, topic_configs=configs)
                for name in sorted(missing)
            ]
            errors = (await admin.create_topics(topics)).topic_errors if topics else ()
        finally:
            await admin.close()
        for name, code, *_ in errors:
            error = for_code(code)
            # Another projector may have made it meanwhile.
            if code and error is not TopicAlreadyExistsError:
                raise error(f"The topic {name} could not be made: {error.__name__}")


async def leave(consumer: AIOKafkaConsumer) -> None:
    """Whether or not its broker is there to hear of it."""
    try:
        await asyncio.wait_for(consumer.stop(), STOP_TIMEOUT_S)
    except TROUBLE as error:
        log.info("group_not_left", error=str(error) or type(error).__name__)


def unavailable(error: BaseException) -> StoreUnavailable:
    return StoreUnavailable(STORE, str(error) or type(error).__name__)
