from __future__ import annotations

from domain.shared.errors import Forbidden
from domain.tickets.custom_fields import TicketField
from domain.tickets.policies import may_manage_ticket_fields
from write_api.context import Context
from write_api.dispatch import Handlers
from write_api.persistence.outcome import Outcome
from write_api.persistence.unit_of_work import UnitOfWork
from write_api.tickets.commands import ChangeTicketField, CreateTicketField


async def create_ticket_field(command: CreateTicketField, unit: UnitOfWork, context: Context) -> Outcome:
    _refuse_others(context)
    field = TicketField.create(
        key=command.key, label=command.label, type=command.type, options=command.options, at=context.at
    )
    await unit.ticket_fields.add(field)
    return await unit.commit(Outcome.created(field, f"/v1/ticket-fields/{field.id}", key=field.key))


async def change_ticket_field(command: ChangeTicketField, unit: UnitOfWork, context: Context) -> Outcome:
    _refuse_others(context)
    field = await unit.ticket_fields.get(command.field_id)
    context.expect_version_of(field)
    field.change(command.changes, at=context.at)
    await unit.ticket_fields.save(field)
    return await unit.commit(Outcome.changed(field, key=field.key))


def _refuse_others(context: Context) -> None:
    if not may_manage_ticket_fields(context.actor):
        raise Forbidden("Only admins define ticket fields.")


HANDLERS: Handlers = {
    CreateTicketField: create_ticket_field,
    ChangeTicketField: change_ticket_field,
}
