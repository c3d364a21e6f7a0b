from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol
from uuid import UUID

from domain.shared.actor import Actor
from domain.tickets.attachment_rules import Usage
from domain.tickets.attachments import Attachment
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


class AttachmentRepository(Protocol):
    async def usage_of(self, owner: Actor) -> Usage: ...

    async def usage_to_add_to(self, owner: Actor) -> Usage:
        """Until the commit nobody else adds to it."""
        ...

    async def known(self, attachment_ids: Collection[UUID]) -> Mapping[UUID, Attachment]:
        """Those of them that there are. If somebody else attaches one meanwhile, it cannot be saved."""
        ...

    async def add(self, attachment: Attachment) -> None: ...

    async def save_attached(self, attachments: Iterable[Attachment]) -> None:
        """Those of `known`, each of which has just got its message."""
        ...


class TicketFieldRepository(Protocol):
    async def get(self, field_id: UUID) -> TicketField:
        """Raises TicketFieldNotFound."""
        ...

    async def by_key(self) -> Mapping[str, TicketField]: ...

    async def add(self, field: TicketField) -> None: ...

    async def save(self, field: TicketField) -> None: ...
