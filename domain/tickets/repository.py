from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from domain.tickets.custom_fields import TicketField
from domain.tickets.ticket import Ticket


class TicketRepository(Protocol):
    async def get(self, ticket_id: UUID) -> Ticket:
        """Raises TicketNotFound."""
        ...

    async def find_by_external_id(self, external_id: str) -> Ticket | None: ...

    async def add(self, ticket: Ticket) -> None:
        """Stores version 1 with its first messages, and gives the ticket its number."""
        ...

    async def save(self, ticket: Ticket) -> None:
        """Stores version + 1 with the new messages; a deleted ticket's rows are removed. Without changes: nothing."""
        ...


class TicketFieldRepository(Protocol):
    async def get(self, field_id: UUID) -> TicketField:
        """Raises TicketFieldNotFound."""
        ...

    async def by_key(self) -> Mapping[str, TicketField]: ...

    async def add(self, field: TicketField) -> None: ...

    async def save(self, field: TicketField) -> None: ...
