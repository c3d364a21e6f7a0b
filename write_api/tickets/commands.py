from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class OpenTicket:
    subject: str
    body: str
    # None: the caller.
    requester_id: UUID | None = None
    # None: the requester's.
    organization_id: UUID | None = None
    group_id: UUID | None = None
    assignee_id: UUID | None = None
    priority: str | None = None
    type: str | None = None
    tags: tuple[str, ...] = ()
    custom_fields: Mapping[str, object] | None = None
    locale: str | None = None


@dataclass(frozen=True)
class ChangeTicket:
    ticket_id: UUID
    changes: Mapping[str, object]


@dataclass(frozen=True)
class AddMessage:
    ticket_id: UUID
    body: str
    visibility: str
    attachment_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class ChangeTicketStatus:
    ticket_id: UUID
    status: str


@dataclass(frozen=True)
class DeleteTicket:
    ticket_id: UUID


@dataclass(frozen=True)
class CreateTicketField:
    key: str
    label: str
    type: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class ChangeTicketField:
    field_id: UUID
    changes: Mapping[str, object]
