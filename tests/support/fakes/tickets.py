from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from domain.tickets.custom_fields import TicketField
from domain.tickets.errors import TicketFieldNotFound, TicketNotFound
from domain.tickets.ticket import Ticket
from tests.support.fakes.memory import MemoryUnit, State


class MemoryTicketRepository:
    def __init__(self, unit: MemoryUnit) -> None:
        self._unit = unit

    async def get(self, ticket_id: UUID) -> Ticket:
        ticket = self._unit.find(Ticket, lambda one: one.id == ticket_id)
        if ticket is None:
            raise TicketNotFound(ticket_id)
        return ticket

    async def find_by_external_id(self, external_id: str) -> Ticket | None:
        return self._unit.find(Ticket, lambda one: one.external_id == external_id)

    async def add(self, ticket: Ticket) -> None:
        if ticket.number is None:
            ticket.number = self._unit.next_ticket_number()
        self._store(ticket)

    async def save(self, ticket: Ticket) -> None:
        if ticket.has_changes:
            self._store(ticket)

    def _store(self, ticket: Ticket) -> None:
        messages = [(ticket.id, message) for message in ticket.pull_new_messages()]
        self._unit.store_aggregate(ticket)

        def write(state: State) -> None:
            state.messages.extend(messages)
            if ticket.deleted:
                state.messages = [kept for kept in state.messages if kept[0] != ticket.id]

        self._unit.later(write)


class MemoryTicketFieldRepository:
    def __init__(self, unit: MemoryUnit) -> None:
        self._unit = unit

    async def get(self, field_id: UUID) -> TicketField:
        found = self._unit.find(TicketField, lambda one: one.id == field_id)
        if found is None:
            raise TicketFieldNotFound(field_id)
        return found

    async def by_key(self) -> Mapping[str, TicketField]:
        return {field.key: field for field in self._unit.all(TicketField)}

    async def add(self, field: TicketField) -> None:
        self._unit.store_aggregate(field)

    async def save(self, field: TicketField) -> None:
        if field.has_changes:
            self._unit.store_aggregate(field)
