from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

import pytest

from domain.identity.user import User
from domain.shared.actor import Role
from domain.shared.ids import uuid7
from domain.tickets.custom_fields import TicketField
from domain.tickets.errors import TicketFieldNotFound, TicketNotFound
from domain.tickets.ticket import Ticket
from tests.contract.conftest import NOW
from tests.contract.units import Units
from tests.support.words import word
from write_api.persistence.failures import TransientConflict

LATER = NOW + timedelta(minutes=5)


def a_ticket(requester: User, **changes: object) -> Ticket:
    values: dict[str, object] = {
        "subject": "Printer on fire",
        "body": "Smoke.",
        "requester_id": requester.id,
        "at": NOW,
    }
    return Ticket.open(**{**values, **changes})  # type: ignore[arg-type]


async def stored(units: Units, ticket: Ticket) -> Ticket:
    async with units() as unit:
        await unit.tickets.add(ticket)
        await unit.commit()
    return ticket


async def loaded(units: Units, ticket_id: UUID) -> Ticket:
    async with units() as unit:
        return await unit.tickets.get(ticket_id)


async def test_a_ticket_comes_back_as_it_was_saved(units: Units, person: User) -> None:
    ticket = a_ticket(person, priority="urgent", type="incident", tags=["fire"], locale="de", external_id=word())
    await stored(units, ticket)
    again = await loaded(units, ticket.id)
    assert asdict(again) == asdict(ticket)
    assert again.version == 1
    assert again.message_count == 1
    assert not again.has_changes


async def test_tickets_get_rising_numbers(units: Units, person: User) -> None:
    first = await stored(units, a_ticket(person))
    second = await stored(units, a_ticket(person))
    assert first.number is not None and second.number is not None
    assert second.number > first.number > 0
    assert (await loaded(units, second.id)).number == second.number


async def test_a_saved_change_has_the_next_version(units: Units, person: User) -> None:
    ticket = await stored(units, a_ticket(person))
    async with units() as unit:
        changed = await unit.tickets.get(ticket.id)
        changed.change({"subject": "Printer is fine", "tags": ["calm"]}, at=LATER)
        changed.add_message(
            author_id=person.id, author_role=Role.CUSTOMER, visibility="public", body="It was toast.", at=LATER
        )
        await unit.tickets.save(changed)
        assert changed.version == 2
        await unit.commit()
    again = await loaded(units, ticket.id)
    assert (again.version, again.subject, again.tags, again.message_count) == (2, "Printer is fine", ("calm",), 2)
    assert again.updated_at == LATER
    assert again.number == ticket.number


async def test_saving_nothing_keeps_the_version(units: Units, person: User) -> None:
    ticket = await stored(units, a_ticket(person))
    async with units() as unit:
        same = await unit.tickets.get(ticket.id)
        same.change({"subject": ticket.subject}, at=LATER)
        await unit.tickets.save(same)
        await unit.commit()
    assert (await loaded(units, ticket.id)).version == 1


async def test_without_a_commit_nothing_happened(units: Units, person: User) -> None:
    ticket = a_ticket(person)
    async with units() as unit:
        await unit.tickets.add(ticket)
    with pytest.raises(TicketNotFound):
        await loaded(units, ticket.id)


async def test_of_two_saves_of_one_version_the_second_is_refused(units: Units, person: User) -> None:
    ticket = await stored(units, a_ticket(person))
    mine, theirs = await loaded(units, ticket.id), await loaded(units, ticket.id)
    for copy, priority in ((mine, "high"), (theirs, "low")):
        copy.change({"priority": priority}, at=LATER)
    async with units() as unit:
        await unit.tickets.save(mine)
        await unit.commit()
    with pytest.raises(TransientConflict):
        async with units() as unit:
            await unit.tickets.save(theirs)
            await unit.commit()
    assert (await loaded(units, ticket.id)).priority == "high"


async def test_a_ticket_is_found_by_its_external_id(units: Units, person: User) -> None:
    external_id = word()
    ticket = await stored(units, a_ticket(person, external_id=external_id))
    async with units() as unit:
        found = await unit.tickets.find_by_external_id(external_id)
        assert found is not None and found.id == ticket.id
        assert await unit.tickets.find_by_external_id(word()) is None


async def test_a_deleted_ticket_is_gone(units: Units, person: User) -> None:
    ticket = await stored(units, a_ticket(person))
    async with units() as unit:
        doomed = await unit.tickets.get(ticket.id)
        doomed.delete(at=LATER)
        await unit.tickets.save(doomed)
        await unit.commit()
    with pytest.raises(TicketNotFound):
        await loaded(units, ticket.id)


async def test_ticket_fields_are_kept_by_key(units: Units) -> None:
    key = word()
    field = TicketField.create(key=key, label="Operating system", type="choice", options=["Linux", "Plan 9"], at=NOW)
    async with units() as unit:
        await unit.ticket_fields.add(field)
        await unit.commit()
    async with units() as unit:
        by_key = await unit.ticket_fields.by_key()
        assert by_key[key].options == ("Linux", "Plan 9")
        again = await unit.ticket_fields.get(field.id)
        again.change({"label": "System", "active": False}, at=LATER)
        await unit.ticket_fields.save(again)
        await unit.commit()
    async with units() as unit:
        changed = await unit.ticket_fields.get(field.id)
        assert (changed.label, changed.active, changed.version) == ("System", False, 2)
        with pytest.raises(TicketFieldNotFound):
            await unit.ticket_fields.get(uuid7())
