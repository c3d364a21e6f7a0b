from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from projector.bootstrap import Projector, open_projector
from runtime.settings import Settings
from tests.integration.projector.office import Office
from tests.support.addresses import StoreAddresses
from tests.support.broker import broker
from tests.support.world import World, open_world

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="package")
def kafka_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with broker(tmp_path_factory.mktemp("kafka")) as address:
        yield address


@pytest_asyncio.fixture
async def kafka_world(store_addresses: StoreAddresses, template: str, kafka_server: str) -> AsyncIterator[World]:
    """An empty database and namespace, so topics and groups of its own, too."""
    changes: dict[str, Any] = {
        "transport": "kafka",
        "kafka_servers": (kafka_server,),
        "kafka_partitions": 8,
        "kafka_session_ms": 6_000,
        # These tests count what waits, and a sentinel would be among it.
        "projector_sentinel_s": 0,
    }
    async with open_world(store_addresses, template, **changes) as opened:
        yield opened


@pytest.fixture
def kafka_settings(kafka_world: World) -> Settings:
    return kafka_world.settings


@pytest_asyncio.fixture
async def carrier(kafka_settings: Settings) -> AsyncIterator[Projector]:
    """A projector with Kafka, its indices made; nothing runs by itself."""
    async with open_projector(kafka_settings) as opened:
        await opened.ensure_targets()
        await opened.fill_redis()
        yield opened


@pytest.fixture
def office(kafka_world: World) -> Office:
    return Office(kafka_world.pool)
