from __future__ import annotations

import copy
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from domain.shared.actor import Actor
from domain.tickets.attachment_rules import Usage
from domain.tickets.attachments import Attachment
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
                gone = {message.id for ticket_id, message in state.messages if ticket_id == ticket.id}
                state.messages = [kept for kept in state.messages if kept[0] != ticket.id]
                for one in list(state.aggregates.values()):
                    if isinstance(one, Attachment) and one.message_id in gone:
                        del state.aggregates[one.id]

        self._unit.later(write)


class MemoryAttachmentRepository:
    def __init__(self, unit: MemoryUnit) -> None:
        self._unit = unit

    async def usage_of(self, owner: Actor) -> Usage:
        there = self._unit.all(Attachment)
        organization_bytes = None
        if owner.organization_id is not None:
            organization_bytes = sum(one.size_bytes for one in there if one.organization_id == owner.organization_id)
        return Usage(sum(one.size_bytes for one in there if one.owner_id == owner.user_id), organization_bytes)

    async def usage_to_add_to(self, owner: Actor) -> Usage:
        """Nothing else runs between two awaits that do not wait."""
        return await self.usage_of(owner)

    async def known(self, attachment_ids: Collection[UUID]) -> Mapping[UUID, Attachment]:
        wanted = set(attachment_ids)
        return {one.id: copy.deepcopy(one) for one in self._unit.all(Attachment) if one.id in wanted}

    async def add(self, attachment: Attachment) -> None:
        self._unit.store_aggregate(attachment)

    async def save_attached(self, attachments: Iterable[Attachment]) -> None:
        for attachment in attachments:
            self._unit.store_aggregate(attachment)


class MemoryAttachmentFiles:
    async def expect(self, storage_key: str, at: datetime) -> None:
        """Without a store there are no files to keep account of."""


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
