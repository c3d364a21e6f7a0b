from __future__ import annotations

from datetime import datetime, timezone

import pytest

from domain.identity.user import User
from tests.contract.units import Units
from tests.support.fakes.unit_of_work import MemoryUnitOfWorkFactory
from tests.support.words import word
from tests.support.world import World
from write_api.persistence.unit_of_work import UnitOfWorkFactory

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=timezone.utc)


@pytest.fixture(params=["memory", "postgres"])
def units(request: pytest.FixtureRequest) -> Units:
    """The same cases run on the fake and on the real adapter."""
    if request.param == "memory":
        return MemoryUnitOfWorkFactory()
    world: World = request.getfixturevalue("world")
    return UnitOfWorkFactory(world.pool)


@pytest.fixture
async def person(units: Units) -> User:
    """Somebody whom rows may refer to."""
    user = User.register(name="Ada Contract", email=f"{word()}@example.com", at=NOW)
    async with units() as unit:
        await unit.users.add(user)
        await unit.commit()
    return user
