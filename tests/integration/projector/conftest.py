from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from projector.bootstrap import Projector, open_projector
from tests.integration.projector.office import Office
from tests.support.world import World


@pytest_asyncio.fixture
async def fresh_projector(fresh_world: World) -> AsyncIterator[Projector]:
    """On an empty database and namespace, with its indices made; nothing runs by itself."""
    async with open_projector(fresh_world.settings) as opened:
        await opened.ensure_targets()
        await opened.fill_redis()
        yield opened


@pytest.fixture
def office(fresh_world: World) -> Office:
    return Office(fresh_world.pool)


@pytest_asyncio.fixture
async def desk(fresh_projector: Projector, office: Office) -> dict[str, str]:
    """Two tickets and a document of an agent, projected: their ids."""
    agent = await office.hire()
    first, second = await office.open_ticket(agent.id), await office.open_ticket(agent.id)
    document = await office.publish(agent.id)
    await fresh_projector.drain_all()
    return {"agent": str(agent.id), "first": str(first.id), "second": str(second.id), "document": f"{document.id}:de"}
