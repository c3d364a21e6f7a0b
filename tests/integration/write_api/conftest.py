from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from starlette.types import ASGIApp

from domain.identity.group import Group
from domain.identity.organization import Organization
from domain.identity.sessions import Session, SessionTerms
from domain.identity.user import User
from domain.shared.ids import uuid7
from domain.tickets.ticket import Ticket
from runtime.settings import Settings
from runtime.tokens import AccessTokens
from tests.support.asgi import client_for, running
from write_api.bootstrap import create_app
from write_api.persistence.unit_of_work import Pool, UnitOfWorkFactory

TERMS = SessionTerms(timedelta(hours=1), timedelta(hours=1))
AT = datetime(2026, 3, 1, 9, 30, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Someone:
    """A person with a live session, and a client that speaks for them."""

    user: User
    session: Session
    client: httpx.AsyncClient

    @property
    def id(self) -> str:
        return str(self.user.id)


SignIn = Callable[..., Awaitable[Someone]]


@pytest.fixture(scope="session")
def unit_of_work(pool: Pool) -> UnitOfWorkFactory:
    return UnitOfWorkFactory(pool)


@pytest_asyncio.fixture(scope="session")
async def person(unit_of_work: UnitOfWorkFactory) -> User:
    return await stored_user(unit_of_work, "agent")


@pytest_asyncio.fixture(scope="module")
async def group(unit_of_work: UnitOfWorkFactory) -> Group:
    return await stored_group(unit_of_work)


@pytest_asyncio.fixture(scope="module")
async def elsewhere(unit_of_work: UnitOfWorkFactory) -> Group:
    return await stored_group(unit_of_work)


@pytest.fixture
def ticket(person: User) -> Ticket:
    return Ticket.open(subject="Printer", body="It prints stripes.", requester_id=person.id, at=AT, tags=["printer"])


@pytest_asyncio.fixture(scope="session")
async def app(settings: Settings) -> AsyncIterator[ASGIApp]:
    async with running(create_app(settings)) as application:
        yield application


@pytest_asyncio.fixture(scope="session")
async def anonymous(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    async with client_for(app) as client:
        yield client


@pytest_asyncio.fixture(scope="session")
async def sign_in(app: ASGIApp, settings: Settings, unit_of_work: UnitOfWorkFactory) -> AsyncIterator[SignIn]:
    """Makes somebody of a role, past the sign-in: these tests are about tickets."""
    clients: list[httpx.AsyncClient] = []

    async def make(role: str, organization_id: UUID | None = None, **rights: Any) -> Someone:
        user = await stored_user(unit_of_work, role, organization_id, **rights)
        now = datetime.now(timezone.utc)
        session = Session.start(user_id=user.id, at=now, terms=TERMS, user_agent="tests", ip_address="127.0.0.1")
        async with unit_of_work() as unit:
            await unit.sessions.add(session)
            await unit.commit()
        token, _ = AccessTokens(settings).issue(user.id, role, session.id, now)
        clients.append(client_for(app, {"Authorization": f"Bearer {token}"}))
        return Someone(user, session, clients[-1])

    yield make
    for client in clients:
        await client.aclose()


@pytest_asyncio.fixture(scope="session")
async def admin(sign_in: SignIn) -> Someone:
    return await sign_in("admin")


@pytest_asyncio.fixture(scope="session")
async def agent(sign_in: SignIn) -> Someone:
    return await sign_in("agent")


@pytest_asyncio.fixture(scope="session")
async def customer(sign_in: SignIn) -> Someone:
    return await sign_in("customer")


@pytest_asyncio.fixture(scope="session")
async def other_customer(sign_in: SignIn) -> Someone:
    return await sign_in("customer")


async def stored_user(
    unit_of_work: UnitOfWorkFactory, role: str, organization_id: UUID | None = None, **rights: Any
) -> User:
    name, email = f"{role} of the tests", f"{uuid7()}@example.com"
    user = User.register(name=name, email=email, role=role, organization_id=organization_id, at=AT, **rights)
    async with unit_of_work() as unit:
        await unit.users.add(user)
        await unit.commit()
    return user


async def stored_organization(unit_of_work: UnitOfWorkFactory, *, shares_tickets: bool) -> Organization:
    organization = Organization.create(name=f"Org {uuid7()}", domains=(), shares_tickets=shares_tickets, at=AT)
    async with unit_of_work() as unit:
        await unit.organizations.add(organization)
        await unit.commit()
    return organization


async def stored_group(unit_of_work: UnitOfWorkFactory) -> Group:
    group = Group.create(name=f"Group {uuid7()}", at=AT)
    async with unit_of_work() as unit:
        await unit.groups.add(group)
        await unit.commit()
    return group


async def opened(someone: Someone, **fields: Any) -> dict[str, Any]:
    answer = await someone.client.post("/v1/tickets", json={"subject": "Help", "body": "Please.", **fields})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body
