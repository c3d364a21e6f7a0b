from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.tickets.inspection import FileFacts


@dataclass(frozen=True)
class OpenTicket:
    """`fields` holds what the caller said, by the names of Ticket.open; nothing that was left out."""

    fields: Mapping[str, Any]


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
class ShowPresence:
    """Changes nothing here: what somebody does at this moment is in Redis only."""

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


@dataclass(frozen=True)
class BeginUpload:
    """Before the first byte: whether there is room, and where the file will be."""

    storage_key: str
    announced_bytes: int


@dataclass(frozen=True)
class UploadAttachment:
    storage_key: str
    file: FileFacts


@dataclass(frozen=True)
class CreateView:
    name: str
    query: Mapping[str, object]
    sort: str
    shared_with: str
    group_id: UUID | None = None


@dataclass(frozen=True)
class ChangeView:
    view_id: UUID
    changes: Mapping[str, object]


@dataclass(frozen=True)
class DeleteView:
    view_id: UUID
