"""The audit log is written with the command; neither the processes rewrite it nor, by mistake, its owner."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta, timezone

import asyncpg
import pytest
import pytest_asyncio

from domain.identity.user import User
from domain.shared.ids import uuid7
from domain.tickets.ticket import Ticket
from runtime.settings import Settings
from tests.integration.write_api.rows import one_row
from write_api.persistence.database import create_pool
from write_api.persistence.expiry import forget_expired
from write_api.persistence.outbox import Origin
from write_api.persistence.tables import metadata
from write_api.persistence.unit_of_work import Pool, UnitOfWorkFactory

pytestmark = pytest.mark.integration
APPEND_ONLY = ("domain_events", "sign_in_failures")
REWRITES = {
    "an update": "UPDATE {table} SET request_id = 'forged'",
    "a delete": "DELETE FROM {table}",
    "a truncate": "TRUNCATE {table}",
}
FAILED = (
    "INSERT INTO sign_in_failures (id, email_digest, reason, ip_address, user_agent, occurred_at)"
    " VALUES ($1, '', 'wrong_password', '192.0.2.1', 'curl', $2)"
)


@pytest_asyncio.fixture
async def app_pool(settings: Settings) -> AsyncIterator[Pool]:
    """With the rights that the processes have."""
    pool = await create_pool(settings.database_url, application_name="tests", max_size=2)
    yield pool
    await pool.close()


async def test_the_event_says_who_from_where_and_with_what(
    unit_of_work: UnitOfWorkFactory, pool: Pool, ticket: Ticket, person: User
) -> None:
    session_id = uuid7()
    origin = Origin(person.id, "request-1", ip_address="192.0.2.7", user_agent="curl/8", session_id=session_id)
    async with unit_of_work(origin) as unit:
        await unit.tickets.add(ticket)
        await unit.commit()
    event = await one_row(pool, "SELECT * FROM domain_events WHERE aggregate_id = $1", ticket.id)
    assert (event["actor_id"], event["request_id"]) == (person.id, "request-1")
    assert (event["ip_address"], event["user_agent"]) == ("192.0.2.7", "curl/8")
    assert (event["session_id"], event["api_token_id"]) == (session_id, None)


async def test_what_was_not_done_is_not_in_it(unit_of_work: UnitOfWorkFactory, pool: Pool, ticket: Ticket) -> None:
    with pytest.raises(RuntimeError):
        async with unit_of_work() as unit:
            await unit.tickets.add(ticket)
            raise RuntimeError
    assert await pool.fetchval("SELECT count(*) FROM tickets WHERE id = $1", ticket.id) == 0
    assert await pool.fetchval("SELECT count(*) FROM domain_events WHERE aggregate_id = $1", ticket.id) == 0


@pytest.mark.parametrize("what", REWRITES)
@pytest.mark.parametrize("table", APPEND_ONLY)
async def test_the_role_of_the_processes_may_only_add_and_read(app_pool: Pool, table: str, what: str) -> None:
    assert await app_pool.fetchval("SELECT current_user") == "tidedesk_app"
    await app_pool.fetchval(f"SELECT count(*) FROM {table}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
        await app_pool.execute(REWRITES[what].format(table=table))


@pytest.mark.parametrize("what", REWRITES)
@pytest.mark.parametrize("table", APPEND_ONLY)
async def test_the_owner_does_not_do_it_by_mistake_either(
    pool: Pool, unit_of_work: UnitOfWorkFactory, ticket: Ticket, table: str, what: str
) -> None:
    async with unit_of_work() as unit:
        await unit.tickets.add(ticket)
        await unit.commit()
    await pool.execute(FAILED, uuid7(), datetime.now(timezone.utc))
    count = f"SELECT count(*) FROM {table}"
    before = await pool.fetchval(count)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="audit log|kept for 90 days"):
        await pool.execute(REWRITES[what].format(table=table))
    assert await pool.fetchval(count) == before > 0


async def test_the_role_can_neither_lift_the_guard_nor_give_itself_rights(app_pool: Pool) -> None:
    for statement in (
        "ALTER TABLE domain_events DISABLE TRIGGER ALL",
        "DROP TRIGGER append_only ON domain_events",
        "CREATE OR REPLACE FUNCTION refuse_to_rewrite_history() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NULL; END'",
        "ALTER TABLE domain_events ADD COLUMN forged text",
        "DROP TABLE domain_events",
        "SET session_replication_role = replica",
        "CREATE TABLE mine (id int)",
        "DELETE FROM alembic_version",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app_pool.execute(statement)
    await app_pool.execute("GRANT UPDATE ON domain_events TO tidedesk_app")
    assert not await app_pool.fetchval("SELECT has_table_privilege('tidedesk_app', 'domain_events', 'UPDATE')")


async def test_the_role_may_do_its_work_on_every_other_table(app_pool: Pool) -> None:
    for table in sorted(set(metadata.tables) - set(APPEND_ONLY)):
        for privilege in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            granted = await app_pool.fetchval("SELECT has_table_privilege(current_user, $1, $2)", table, privilege)
            assert granted, f"{privilege} on {table}: a migration has to grant it"


async def test_failed_sign_ins_go_after_90_days_and_out_of_the_read_model_with_them(app_pool: Pool, pool: Pool) -> None:
    now = datetime.now(timezone.utc)
    old, young = uuid7(), uuid7()
    await app_pool.execute(FAILED, old, now - timedelta(days=91))
    await app_pool.execute(FAILED, young, now - timedelta(days=89))
    assert await forget_expired(app_pool) >= 1
    left = await pool.fetch("SELECT id FROM sign_in_failures WHERE id = ANY ($1)", [old, young])
    assert [row["id"] for row in left] == [young]
    row = await one_row(pool, "SELECT * FROM outbox WHERE event_id = $1", old)
    assert (row["aggregate_type"], row["event_type"], row["lane"]) == ("sign_in", "SignInFailureForgotten", 1)
