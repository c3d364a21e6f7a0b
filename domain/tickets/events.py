from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from domain.shared.events import Changes, DomainEvent
from domain.tickets.messages import Visibility
from domain.tickets.priority import TicketChannel, TicketPriority
from domain.tickets.status import TicketStatus


@dataclass(frozen=True, kw_only=True)
class TicketOpened(DomainEvent):
    subject: str
    requester_id: UUID
    channel: TicketChannel
    priority: TicketPriority
    message_id: UUID


@dataclass(frozen=True, kw_only=True)
class MessageAdded(DomainEvent):
    message_id: UUID
    author_id: UUID
    visibility: Visibility


@dataclass(frozen=True, kw_only=True)
class TicketChanged(DomainEvent):
    """Every field that has no event of its own."""

    changes: Changes


@dataclass(frozen=True, kw_only=True)
class TicketAssigned(DomainEvent):
    """assignee_id, group_id or both."""

    changes: Changes


@dataclass(frozen=True, kw_only=True)
class TicketMovedToOrganization(DomainEvent):
    """With all the others of its organization; `move_id` is the move."""

    before: UUID | None
    after: UUID | None
    move_id: UUID


@dataclass(frozen=True, kw_only=True)
class TicketPriorityChanged(DomainEvent):
    before: TicketPriority
    after: TicketPriority


@dataclass(frozen=True, kw_only=True)
class TicketStatusChanged(DomainEvent):
    """One event per step: the step into solved or closed, and the one back from solved, have their own type."""

    before: TicketStatus
    after: TicketStatus


@dataclass(frozen=True, kw_only=True)
class TicketSolved(TicketStatusChanged):
    pass


@dataclass(frozen=True, kw_only=True)
class TicketReopened(TicketStatusChanged):
    pass


@dataclass(frozen=True, kw_only=True)
class TicketClosed(TicketStatusChanged):
    pass


@dataclass(frozen=True, kw_only=True)
class TicketDeleted(DomainEvent):
    """With what nobody can look up any more."""

    number: int | None
    subject: str
    status: TicketStatus
    requester_id: UUID
    organization_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class AttachmentUploaded(DomainEvent):
    file_name: str
    media_type: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class AttachmentAttached(DomainEvent):
    ticket_id: UUID
    message_id: UUID


@dataclass(frozen=True, kw_only=True)
class TicketFieldCreated(DomainEvent):
    key: str
    label: str
    type: str
    options: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TicketFieldChanged(DomainEvent):
    changes: Changes


@dataclass(frozen=True, kw_only=True)
class ViewCreated(DomainEvent):
    name: str
    query: Mapping[str, object]
    shared_with: str
    group_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class ViewChanged(DomainEvent):
    changes: Changes


@dataclass(frozen=True, kw_only=True)
class ViewDeleted(DomainEvent):
    name: str
    query: Mapping[str, object]
