from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timezone

import asyncpg
import pytest
import pytest_asyncio

from domain.identity.user import User
from domain.shared.ids import uuid7
from domain.tickets.ticket import Ticket
from runtime.settings import Settings
from write_api.persistence.database import create_pool
from write_api.persistence.unit_of_work import UnitOfWorkFactory

AT = datetime(2026, 3, 1, 9, 30, tzinfo=timezone.utc)


@pytest_asyncio.fixture(scope="session")
async def command_pool(settings: Settings) -> AsyncIterator[asyncpg.Pool[asyncpg.Record]]:
    """The pool as the command API has it: with its codecs and session settings."""
    pool = await create_pool(settings.database_url, application_name="tests", min_size=0, max_size=8)
    yield pool
    await pool.close()


@pytest.fixture(scope="session")
def unit_of_work(command_pool: asyncpg.Pool[asyncpg.Record]) -> UnitOfWorkFactory:
    return UnitOfWorkFactory(command_pool)


@pytest_asyncio.fixture(scope="session")
async def person(unit_of_work: UnitOfWorkFactory) -> User:
    user = User.register(name="Ada Agent", email=f"ada-{uuid7()}@example.com", role="agent", at=AT)
    async with unit_of_work() as unit:
        await unit.users.add(user)
        await unit.commit()
    return user


@pytest.fixture
def ticket(person: User) -> Ticket:
    return Ticket.open(subject="Printer", body="It prints stripes.", requester_id=person.id, at=AT, tags=["printer"])
