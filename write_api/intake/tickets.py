from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain.shared.actor import Role
from domain.shared.errors import DomainError
from domain.tickets.priority import TicketChannel
from domain.tickets.status import TicketStatus, steps_to
from domain.tickets.ticket import Ticket
from write_api.intake.lines import Line, LineRejected
from write_api.intake.people import PeopleOfBatch, Person
from write_api.intake.record import instant, nested, objects, optional_text, text, texts
from write_api.intake.report import Stored
from write_api.persistence.lookups import known_external_ids
from write_api.persistence.tables.tickets import tickets
from write_api.persistence.unit_of_work import UnitOfWork


class TicketImporter:
    """Tickets with their threads. A ticket whose external id is known is left as it is."""

    noun = "tickets"

    async def store(self, unit: UnitOfWork, lines: Sequence[Line]) -> Stored:
        stored = Stored()
        known = await known_external_ids(unit.session, tickets, (_external_id(line.record) for line in lines))
        people = await PeopleOfBatch.load(unit, _emails(lines))
        for line in lines:
            if _external_id(line.record) in known:
                stored.skipped += 1
                continue
            try:
                ticket = await _build(line.record, people)
            except DomainError as refused:
                stored.rejected.append(LineRejected(line.number, refused.message))
                continue
            if ticket.external_id is not None:
                known.add(ticket.external_id)
            await unit.tickets.add(ticket)
            stored.created += 1
        return stored


async def _build(record: Mapping[str, Any], people: PeopleOfBatch) -> Ticket:
    opened_at = instant(record, "created_at")
    product = optional_text(record, "product")
    wanted = TicketStatus(text(record, "status")) if _has_known_status(record) else TicketStatus.NEW
    ticket = Ticket.open(
        subject=text(record, "subject"),
        body=text(record, "body"),
        requester_id=await people.id_of(_person(nested(record, "requester"), Role.CUSTOMER), opened_at),
        at=opened_at,
        tags=[*texts(record, "tags"), *([product] if product else [])],
        locale=optional_text(record, "locale"),
        channel=TicketChannel.IMPORT,
        external_id=text(record, "external_id"),
    )
    for message in objects(record, "messages"):
        role = Role.CUSTOMER if message.get("by_requester") else Role.AGENT
        written_at = instant(message, "created_at")
        ticket.add_message(
            author_id=await people.id_of(_person(nested(message, "author"), role), written_at),
            author_role=role,
            visibility=text(message, "visibility"),
            body=text(message, "body"),
            at=written_at,
        )
    for step in steps_to(ticket.status, wanted):
        ticket.change_status(step, at=ticket.updated_at)
    return ticket


def _has_known_status(record: Mapping[str, Any]) -> bool:
    return record.get("status") in {status.value for status in TicketStatus}


def _external_id(record: Mapping[str, Any]) -> str:
    return str(record.get("external_id"))


def _person(record: Mapping[str, Any], role: Role) -> Person:
    return Person(text(record, "name"), text(record, "email"), role)


def _emails(lines: Sequence[Line]) -> Iterator[str]:
    for line in lines:
        people = [line.record.get("requester")]
        messages = line.record.get("messages")
        if isinstance(messages, list):
            people.extend(message.get("author") for message in messages if isinstance(message, dict))
        for person in people:
            if isinstance(person, dict) and isinstance(person.get("email"), str):
                yield person["email"]
