from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from domain.identity.user import User
from domain.shared.actor import Role
from domain.shared.ids import uuid7
from domain.tickets.errors import TicketNotFound
from domain.tickets.ticket import Ticket
from runtime.settings import Settings
from tests.integration.write_api.conftest import AT
from write_api.persistence.database import create_pool
from write_api.persistence.failures import TransientConflict, UnknownReference
from write_api.persistence.outbox import Origin, shard_of
from write_api.persistence.outcome import Outcome
from write_api.persistence.unit_of_work import Pool, UnitOfWorkFactory

pytestmark = pytest.mark.integration

TABLES_OF_A_TICKET = {
    "tickets": "id",
    "messages": "ticket_id",
    "domain_events": "aggregate_id",
    "outbox": "aggregate_id",
}


async def rows_of(pool: Pool, ticket: Ticket) -> dict[str, int]:
    return {
        table: await pool.fetchval(f"SELECT count(*) FROM {table} WHERE {column} = $1", ticket.id)
        for table, column in TABLES_OF_A_TICKET.items()
    }


async def stored(unit_of_work: UnitOfWorkFactory, ticket: Ticket) -> Ticket:
    async with unit_of_work() as unit:
        await unit.tickets.add(ticket)
        await unit.commit()
    return ticket


async def test_a_commit_writes_rows_events_and_outbox_together(
    unit_of_work: UnitOfWorkFactory, pool: Pool, ticket: Ticket
) -> None:
    await stored(unit_of_work, ticket)
    assert await rows_of(pool, ticket) == {"tickets": 1, "messages": 1, "domain_events": 1, "outbox": 1}
    assert ticket.version == 1
    assert ticket.number is not None


async def test_leaving_without_a_commit_leaves_nothing(
    unit_of_work: UnitOfWorkFactory, pool: Pool, ticket: Ticket
) -> None:
    async with unit_of_work() as unit:
        await unit.tickets.add(ticket)
    assert sum((await rows_of(pool, ticket)).values()) == 0


async def test_a_crash_in_a_handler_undoes_what_was_sent_already(
    unit_of_work: UnitOfWorkFactory, pool: Pool, ticket: Ticket
) -> None:
    await stored(unit_of_work, ticket)
    before = await rows_of(pool, ticket)
    with pytest.raises(ZeroDivisionError):
        async with unit_of_work() as unit:
            loaded = await unit.tickets.get(ticket.id)
            loaded.change({"subject": "Never stored"}, at=AT)
            await unit.tickets.save(loaded)
            sql, arguments = unit.session.plan.statement()
            await unit.session.fetch_row(sql, *arguments)
            raise ZeroDivisionError
    assert await rows_of(pool, ticket) == before
    assert await pool.fetchval("SELECT subject FROM tickets WHERE id = $1", ticket.id) == "Printer"


async def test_a_refused_row_takes_the_others_with_it(
    unit_of_work: UnitOfWorkFactory, pool: Pool, ticket: Ticket
) -> None:
    orphan = Ticket.open(subject="Whose?", body="Nobody's.", requester_id=uuid7(), at=AT)
    with pytest.raises(UnknownReference) as refused:
        async with unit_of_work() as unit:
            await unit.tickets.add(ticket)
            await unit.tickets.add(orphan)
            await unit.commit()
    assert refused.value.pointer == "/requester_id"
    assert sum((await rows_of(pool, ticket)).values()) == 0


async def test_the_outbox_names_messages_before_their_ticket(
    unit_of_work: UnitOfWorkFactory, pool: Pool, ticket: Ticket, person: User
) -> None:
    origin = Origin(actor_id=person.id, request_id="request-1", trace_context="00-trace-span-01")
    async with unit_of_work(origin) as unit:
        await unit.tickets.add(ticket)
        outcome = await unit.commit()
    message_id = await pool.fetchval("SELECT id FROM messages WHERE ticket_id = $1", ticket.id)
    rows = await pool.fetch(
        "SELECT *, xid::text AS xid FROM outbox WHERE aggregate_id = ANY($1) ORDER BY id", [ticket.id, message_id]
    )
    assert [(row["aggregate_type"], row["aggregate_id"], row["event_type"]) for row in rows] == [
        ("message", message_id, "MessageAdded"),
        ("ticket", ticket.id, "TicketOpened"),
    ]
    for row in rows:
        assert row["shard"] == shard_of(ticket.id)
        assert (row["lane"], row["attempts"], row["aggregate_version"]) == (0, 0, 1)
        assert row["trace_context"] == "00-trace-span-01"
        assert int(row["xid"]) == outcome.xid
    event = await pool.fetchrow("SELECT * FROM domain_events WHERE id = $1", rows[1]["event_id"])
    assert event is not None
    assert (event["type"], event["version"], event["ordinal"]) == ("TicketOpened", 1, 0)
    assert (event["actor_id"], event["request_id"], event["occurred_at"]) == (person.id, "request-1", AT)
    assert event["data"]["subject"] == "Printer"


async def test_the_shard_is_the_same_in_sql(pool: Pool) -> None:
    ids = [uuid7() for _ in range(64)]
    rows = await pool.fetch("SELECT id, get_byte(uuid_send(id), 15) & 15 AS shard FROM unnest($1::uuid[]) AS id", ids)
    assert {row["id"]: row["shard"] for row in rows} == {id_: shard_of(id_) for id_ in ids}


async def test_events_of_one_save_share_a_version(unit_of_work: UnitOfWorkFactory, pool: Pool, ticket: Ticket) -> None:
    await stored(unit_of_work, ticket)
    async with unit_of_work() as unit:
        loaded = await unit.tickets.get(ticket.id)
        loaded.change({"subject": "New", "priority": "high"}, at=AT + timedelta(hours=1))
        await unit.tickets.save(loaded)
        await unit.commit()
    events = await pool.fetch(
        "SELECT type, version, ordinal FROM domain_events WHERE aggregate_id = $1 ORDER BY version, ordinal", ticket.id
    )
    assert [tuple(event) for event in events] == [
        ("TicketOpened", 1, 0),
        ("TicketChanged", 2, 0),
        ("TicketPriorityChanged", 2, 1),
    ]


async def test_a_ticket_comes_back_as_it_was_stored(unit_of_work: UnitOfWorkFactory, person: User) -> None:
    ticket = Ticket.open(
        subject='Ünïcode 🌊 \\ "quotes" {braces}',
        body="Line\nline\ttab",
        requester_id=person.id,
        at=AT,
        priority="urgent",
        type="incident",
        assignee_id=person.id,
        tags=["a,b", "{c}", 'd"e'],
        locale="pt-BR",
        external_id=f"x-{uuid7()}",
    )
    await stored(unit_of_work, ticket)
    async with unit_of_work() as unit:
        loaded = await unit.tickets.get(ticket.id)
        found = await unit.tickets.find_by_external_id(str(ticket.external_id))
    assert vars(loaded) == vars(ticket)
    assert found is not None and found.id == ticket.id


async def test_a_save_without_changes_writes_nothing(
    unit_of_work: UnitOfWorkFactory, pool: Pool, ticket: Ticket
) -> None:
    await stored(unit_of_work, ticket)
    before = await rows_of(pool, ticket)
    async with unit_of_work() as unit:
        loaded = await unit.tickets.get(ticket.id)
        await unit.tickets.save(loaded)
        outcome = await unit.commit(Outcome.changed(loaded))
    assert (outcome.version, outcome.xid) == (1, None)
    assert await rows_of(pool, ticket) == before


async def test_one_aggregate_is_saved_once_per_unit(unit_of_work: UnitOfWorkFactory, ticket: Ticket) -> None:
    async with unit_of_work() as unit:
        await unit.tickets.add(ticket)
        with pytest.raises(RuntimeError, match="saved twice"):
            await unit.tickets.add(ticket)


async def test_a_deleted_ticket_leaves_work_for_each_of_its_messages(
    unit_of_work: UnitOfWorkFactory, pool: Pool, ticket: Ticket, person: User
) -> None:
    ticket.add_message(author_id=person.id, author_role=Role.AGENT, visibility="internal", body="Note", at=AT)
    await stored(unit_of_work, ticket)
    message_ids = {row["id"] for row in await pool.fetch("SELECT id FROM messages WHERE ticket_id = $1", ticket.id)}
    async with unit_of_work() as unit:
        loaded = await unit.tickets.get(ticket.id)
        loaded.delete(at=AT)
        await unit.tickets.save(loaded)
        await unit.commit()
    rows = await pool.fetch(
        "SELECT aggregate_type, aggregate_id, aggregate_version, shard FROM outbox"
        " WHERE event_type = 'TicketDeleted' AND aggregate_id = ANY($1)",
        [ticket.id, *message_ids],
    )
    assert {row["aggregate_id"] for row in rows} == {ticket.id, *message_ids}
    assert {(row["aggregate_version"], row["shard"]) for row in rows} == {(2, shard_of(ticket.id))}
    remaining = await rows_of(pool, ticket)
    assert (remaining["tickets"], remaining["messages"]) == (0, 0)
    assert remaining["domain_events"] > 0
    with pytest.raises(TicketNotFound):
        async with unit_of_work() as unit:
            await unit.tickets.get(ticket.id)


async def test_a_version_that_moved_on_is_a_transient_conflict(
    unit_of_work: UnitOfWorkFactory, pool: Pool, ticket: Ticket
) -> None:
    await stored(unit_of_work, ticket)
    with pytest.raises(TransientConflict):
        async with unit_of_work() as unit:
            loaded = await unit.tickets.get(ticket.id)
            loaded.version += 1
            loaded.change({"subject": "Too late"}, at=AT)
            await unit.tickets.save(loaded)
            await unit.commit()
    assert (await rows_of(pool, ticket))["domain_events"] == 1


async def test_concurrent_messages_all_land_in_order(
    unit_of_work: UnitOfWorkFactory, pool: Pool, ticket: Ticket, person: User
) -> None:
    await stored(unit_of_work, ticket)

    async def add(index: int) -> None:
        async with unit_of_work() as unit:
            loaded = await unit.tickets.get(ticket.id)
            loaded.add_message(author_id=person.id, author_role=Role.AGENT, visibility="public", body=f"{index}", at=AT)
            await unit.tickets.save(loaded)
            await unit.commit()

    await asyncio.gather(*(add(index) for index in range(30)))
    positions = await pool.fetch("SELECT position FROM messages WHERE ticket_id = $1 ORDER BY position", ticket.id)
    assert [row["position"] for row in positions] == list(range(1, 32))
    assert await pool.fetchval("SELECT version FROM tickets WHERE id = $1", ticket.id) == 31


async def test_a_wake_up_follows_only_a_commit_that_wrote(pool: Pool, ticket: Ticket) -> None:
    woken: list[str] = []
    waking = UnitOfWorkFactory(pool, on_commit=lambda: woken.append("wake"))
    async with waking() as unit:
        await unit.tickets.add(ticket)
        assert woken == []
        await unit.commit()
    assert woken == ["wake"]
    async with waking() as unit:
        await unit.tickets.save(await unit.tickets.get(ticket.id))
        await unit.commit()
    assert woken == ["wake"]


async def test_sessions_of_the_pool_are_set_up(settings: Settings) -> None:
    pool = await create_pool(
        settings.database_url, application_name="named", min_size=0, max_size=1, statement_timeout_ms=1234
    )
    async with pool.acquire() as connection:
        shown = {
            name: await connection.fetchval(f"SHOW {name}")
            for name in ("timezone", "statement_timeout", "application_name", "jit")
        }
    await pool.close()
    assert shown == {"timezone": "UTC", "statement_timeout": "1234ms", "application_name": "named", "jit": "off"}
