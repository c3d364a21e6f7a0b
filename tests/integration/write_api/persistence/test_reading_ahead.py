"""What the commands of tickets read, counted in statements: each one costs a round trip."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from domain.identity.user import User
from domain.shared.actor import Actor, Role
from domain.shared.clock import FixedClock
from domain.shared.ids import uuid7
from domain.tickets.attachment_rules import AttachmentRules, Usage
from domain.tickets.attachments import Attachment
from domain.tickets.errors import TicketNotFound
from domain.tickets.inspection import FileFacts
from domain.tickets.ticket import Ticket
from runtime.principal import Principal
from runtime.settings import Settings
from tests.integration.write_api.conftest import AT, SignIn
from write_api.context import CommandRequest
from write_api.dispatch import Dispatcher
from write_api.persistence.database import create_pool
from write_api.persistence.failures import UnknownReference
from write_api.persistence.unit_of_work import Pool, UnitOfWorkFactory
from write_api.tickets.commands import AddMessage, ChangeTicket, OpenTicket
from write_api.tickets.handlers import HANDLERS, READS_AHEAD


class Desk:
    """Commands over a single connection that notes what is sent."""

    def __init__(self, pool: Pool, principal: Principal) -> None:
        self._pool = pool
        self.actor = Actor(principal.user_id, Role.AGENT)
        self._dispatch = Dispatcher(UnitOfWorkFactory(pool), HANDLERS, FixedClock(AT), READS_AHEAD)
        self._request = CommandRequest(principal)

    async def statements_of(self, *commands: object) -> list[str]:
        """Of the last one: with those before it the connection learns what types there are."""
        statements: list[str] = []

        def note(query: asyncpg.connection.LoggedQuery) -> None:
            statements.append(query.query.split()[0])

        async with self._pool.acquire() as connection:
            connection.add_query_logger(note)
        for command in commands:
            statements.clear()
            await self._dispatch(command, self._request)
        return statements


@pytest_asyncio.fixture
async def desk(settings: Settings, sign_in: SignIn) -> AsyncIterator[Desk]:
    agent = await sign_in("agent")
    pool = await create_pool(settings.database_url, application_name="tests", max_size=1)
    yield Desk(pool, Principal(agent.user.id, "agent", agent.session.id))
    await pool.close()


@pytest_asyncio.fixture
async def stored(unit_of_work: UnitOfWorkFactory, ticket: Ticket) -> Ticket:
    async with unit_of_work() as unit:
        await unit.tickets.add(ticket)
        await unit.commit()
    return ticket


async def test_opening_is_one_read_and_one_write(desk: Desk, person: User) -> None:
    command = OpenTicket({"subject": "Printer", "body": "Stripes.", "requester_id": person.id})
    assert await desk.statements_of(command, command) == ["SELECT", "WITH"]


@pytest.mark.parametrize("kind", ["change", "message"])
async def test_changing_is_one_read_and_one_write(desk: Desk, stored: Ticket, kind: str) -> None:
    changes = [ChangeTicket(stored.id, {"subject": subject}) for subject in ("Another", "One more")]
    commands: list[object] = [*changes] if kind == "change" else [AddMessage(stored.id, "More stripes.", "public")] * 2
    assert await desk.statements_of(*commands) == ["SELECT", "WITH"]


async def test_attachments_are_one_more_read(desk: Desk, stored: Ticket, unit_of_work: UnitOfWorkFactory) -> None:
    rules = AttachmentRules(limit_bytes=10, user_quota_bytes=100, organization_quota_bytes=100)
    ids = []
    for _ in range(4):
        facts, key = FileFacts("a.png", "image/png", 1, bytes(32)), secrets.token_hex(32)
        upload = Attachment.upload(facts, owner=desk.actor, storage_key=key, usage=Usage(), rules=rules, at=AT)
        async with unit_of_work() as unit:
            await unit.attachment_files.expect(key, AT)
            await unit.attachments.add(upload)
            await unit.commit()
        ids.append(upload.id)
    commands = [AddMessage(stored.id, "See there.", "public", tuple(pair)) for pair in (ids[:2], ids[2:])]
    assert await desk.statements_of(*commands) == ["SELECT", "SELECT", "WITH"]


async def test_what_was_read_ahead_and_is_not_there_is_not_there(desk: Desk) -> None:
    with pytest.raises(TicketNotFound):
        await desk.statements_of(ChangeTicket(uuid7(), {"subject": "Nothing"}))
    with pytest.raises(UnknownReference):
        await desk.statements_of(OpenTicket({"subject": "Printer", "body": "Stripes.", "requester_id": uuid7()}))
