from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.integration.access.conftest import House, open_house
from tests.support.addresses import StoreAddresses


@pytest_asyncio.fixture
async def house(store_addresses: StoreAddresses, template: str) -> AsyncIterator[House]:
    async with open_house(store_addresses, template) as opened:
        yield opened
