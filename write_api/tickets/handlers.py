from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from domain.shared.errors import json_pointer
from domain.shared.values import to_uuid
from domain.tickets.attachments import Attachment, attach_to
from domain.tickets.custom_fields import TicketField
from domain.tickets.errors import AssigneeNotAllowed, InternalNoteForbidden, TicketNotFound, TicketWriteForbidden
from domain.tickets.messages import Visibility
from domain.tickets.policies import (
    may_add_internal_note,
    may_be_assigned,
    may_change_status,
    may_delete_ticket,
    may_open_ticket,
    may_read_ticket,
    may_reply,
    may_set_when_opening,
    may_show_presence,
    may_write_ticket,
)
from domain.tickets.status import TicketStatus
from domain.tickets.ticket import NO_FIELDS, Ticket
from write_api.context import Context
from write_api.dispatch import Handlers, ReadsAhead
from write_api.persistence.failures import unknown_reference
from write_api.persistence.outcome import Outcome
from write_api.persistence.ticket_people import Assignee, opening_ahead
from write_api.persistence.tickets import ticket_ahead
from write_api.persistence.unit_of_work import UnitOfWork
from write_api.tickets.commands import (
    AddMessage,
    ChangeTicket,
    ChangeTicketStatus,
    DeleteTicket,
    OpenTicket,
    ShowPresence,
)

# Everybody says these; who may name which requester is a rule of its own.
_ALWAYS_SAID = frozenset({"subject", "body", "requester_id"})
# What the query API asks for when it decides who sees a ticket.
PRESENCE_DECIDING = ("requester_id", "assignee_id", "group_id", "organization_id")


async def open_ticket(command: OpenTicket, unit: UnitOfWork, context: Context) -> Outcome:
    fields = dict(command.fields)
    requester_id = fields.pop("requester_id", context.actor.user_id)
    assignee_id, custom_fields = fields.get("assignee_id"), fields.get("custom_fields")
    _refuse_opening_beyond_rights(fields, requester_id, context)
    opening = await unit.ticket_people.for_opening(requester_id, assignee_id)
    if not opening.requester_known:
        raise unknown_reference("requester_id")
    if assignee_id is not None:
        _refuse_assignee(opening.assignee)
    fields.setdefault("organization_id", opening.requester_organization_id)
    ticket = Ticket.open(
        **fields,
        requester_id=requester_id,
        author_id=context.actor.user_id,
        at=context.at,
        field_definitions=await _definitions_for(custom_fields, unit),
    )
    ticket.number = opening.number
    attached = await _attached(ticket, unit, context)
    await unit.tickets.add(ticket)
    await unit.attachments.save_attached(attached)
    return await unit.commit(Outcome.created(ticket, f"/v1/tickets/{ticket.id}", number=ticket.number))


async def change_ticket(command: ChangeTicket, unit: UnitOfWork, context: Context) -> Outcome:
    ticket = await _readable(command.ticket_id, unit, context)
    if not may_write_ticket(context.actor, ticket):
        raise TicketWriteForbidden("Only agents and admins change a ticket. Add a message to it instead.")
    context.expect_version_of(ticket)
    assignee_id = command.changes.get("assignee_id")
    if assignee_id is not None:
        _refuse_assignee(await unit.ticket_people.assignee(to_uuid(assignee_id, "/assignee_id")))
    definitions = await _definitions_for(command.changes.get("custom_fields"), unit)
    ticket.change(command.changes, at=context.at, field_definitions=definitions)
    await unit.tickets.save(ticket)
    return await unit.commit(Outcome.changed(ticket, number=ticket.number))


async def add_message(command: AddMessage, unit: UnitOfWork, context: Context) -> Outcome:
    ticket = await _readable(command.ticket_id, unit, context)
    if not may_reply(context.actor, ticket):
        raise TicketWriteForbidden("Only the requester and agents answer here. Open a ticket of your own.")
    if command.visibility == Visibility.INTERNAL and not may_add_internal_note(context.actor, ticket):
        raise InternalNoteForbidden
    context.expect_version_of(ticket)
    message = ticket.add_message(
        author_id=context.actor.user_id,
        author_role=context.actor.role,
        visibility=command.visibility,
        body=command.body,
        at=context.at,
        attachment_ids=command.attachment_ids,
    )
    attached = await _attached(ticket, unit, context)
    await unit.tickets.save(ticket)
    await unit.attachments.save_attached(attached)
    outcome = Outcome.created(
        ticket, f"/v1/tickets/{ticket.id}/messages", ticket_id=ticket.id, position=message.position
    )
    return await unit.commit(outcome.with_body(id=message.id))


async def change_status(command: ChangeTicketStatus, unit: UnitOfWork, context: Context) -> Outcome:
    ticket = await _readable(command.ticket_id, unit, context)
    if not may_change_status(context.actor, ticket, TicketStatus(command.status)):
        raise TicketWriteForbidden("You may not take this step. As the requester you may solve or reopen the ticket.")
    context.expect_version_of(ticket)
    ticket.change_status(command.status, at=context.at)
    await unit.tickets.save(ticket)
    return await unit.commit(Outcome.changed(ticket, number=ticket.number, status=ticket.status))


async def delete_ticket(command: DeleteTicket, unit: UnitOfWork, context: Context) -> Outcome:
    ticket = await _readable(command.ticket_id, unit, context)
    if not may_delete_ticket(context.actor):
        raise TicketWriteForbidden("Only admins delete tickets. Ask one, or close the ticket.")
    context.expect_version_of(ticket)
    ticket.delete(at=context.at)
    await unit.tickets.save(ticket)
    return await unit.commit(Outcome.removed(ticket))


async def show_presence(command: ShowPresence, unit: UnitOfWork, context: Context) -> Outcome:
    """Whether they may, and what decides who else learns of it."""
    ticket = await _readable(command.ticket_id, unit, context)
    if not may_show_presence(context.actor, ticket):
        raise TicketWriteForbidden("Only agents and admins say that they are on a ticket. Leave this out.")
    return Outcome(204, {name: getattr(ticket, name) for name in PRESENCE_DECIDING})


async def _attached(ticket: Ticket, unit: UnitOfWork, context: Context) -> list[Attachment]:
    """Those that the new message takes; they are saved after the ticket, in whose order everybody locks."""
    (message,) = ticket.new_messages
    if not message.attachment_ids:
        return []
    known = await unit.attachments.known(message.attachment_ids)
    return attach_to(ticket.id, message, known, by=context.actor, at=context.at)


async def _readable(ticket_id: UUID, unit: UnitOfWork, context: Context) -> Ticket:
    ticket = await unit.tickets.get(ticket_id)
    if not may_read_ticket(context.actor, ticket):
        raise TicketNotFound(ticket_id)
    return ticket


def _refuse_opening_beyond_rights(fields: Mapping[str, Any], requester_id: UUID, context: Context) -> None:
    if not may_open_ticket(context.actor, requester_id):
        raise TicketWriteForbidden(
            "You may open tickets for yourself only. Leave requester_id out.", pointer="/requester_id"
        )
    for name, value in fields.items():
        if value and name not in _ALWAYS_SAID and not may_set_when_opening(context.actor, name):
            raise TicketWriteForbidden(
                f"Only agents and admins set '{name}'. Leave it out.", pointer=json_pointer(name)
            )


def _refuse_assignee(assignee: Assignee | None) -> None:
    if assignee is None:
        raise unknown_reference("assignee_id")
    if not may_be_assigned(assignee.role, assignee.active):
        raise AssigneeNotAllowed


async def _definitions_for(custom_fields: object, unit: UnitOfWork) -> Mapping[str, TicketField]:
    return await unit.ticket_fields.by_key() if custom_fields else NO_FIELDS


READS_AHEAD: ReadsAhead = {
    OpenTicket: lambda command, principal: opening_ahead(
        command.fields.get("requester_id", principal.user_id), command.fields.get("assignee_id")
    ),
    ChangeTicket: lambda command, _: ticket_ahead(command.ticket_id),
    AddMessage: lambda command, _: ticket_ahead(command.ticket_id),
    ChangeTicketStatus: lambda command, _: ticket_ahead(command.ticket_id),
    ShowPresence: lambda command, _: ticket_ahead(command.ticket_id),
}

HANDLERS: Handlers = {
    OpenTicket: open_ticket,
    ChangeTicket: change_ticket,
    AddMessage: add_message,
    ChangeTicketStatus: change_status,
    DeleteTicket: delete_ticket,
    ShowPresence: show_presence,
}
