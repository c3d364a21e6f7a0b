from __future__ import annotations

from datetime import datetime, timedelta, timezone
from uuid import UUID

from domain.knowledge.document import Document
from domain.shared.actor import Actor, Role
from domain.shared.aggregate import Aggregate
from domain.shared.ids import uuid7
from domain.tickets.messages import Message, Visibility
from domain.tickets.status import TicketStatus
from domain.tickets.ticket import Ticket

NOW = datetime(2026, 3, 31, 12, 0, tzinfo=timezone.utc)
REQUESTER = UUID(int=1)
AGENT = UUID(int=2)


def later(minutes: int = 1) -> datetime:
    return NOW + timedelta(minutes=minutes)


def actor(role: Role, user_id: UUID | None = None, **facts: object) -> Actor:
    return Actor(user_id or uuid7(), role, **facts)  # type: ignore[arg-type]


def pulled(aggregate: Aggregate) -> list[str]:
    return [event.event_type() for event in aggregate.pull_events()]


def open_ticket(**changes: object) -> Ticket:
    values: dict[str, object] = {
        "subject": "Printer on fire",
        "body": "It burns.",
        "requester_id": REQUESTER,
        "at": NOW,
    }
    return Ticket.open(**(values | changes))  # type: ignore[arg-type]


def stored_ticket(status: TicketStatus = TicketStatus.NEW, **changes: object) -> Ticket:
    values: dict[str, object] = {
        "id": uuid7(),
        "version": 7,
        "created_at": NOW,
        "updated_at": NOW,
        "number": 42,
        "subject": "Printer on fire",
        "requester_id": REQUESTER,
        "status": status,
        "message_count": 1,
        "solved_at": NOW if status.is_resolved else None,
    }
    return Ticket(**(values | changes))  # type: ignore[arg-type]


def answer(ticket: Ticket, **changes: object) -> Message:
    values: dict[str, object] = {
        "author_id": AGENT,
        "author_role": Role.AGENT,
        "visibility": Visibility.PUBLIC,
        "body": "Use the extinguisher.",
        "at": later(),
    }
    return ticket.add_message(**(values | changes))  # type: ignore[arg-type]


def draft_document(**changes: object) -> Document:
    values: dict[str, object] = {
        "title": "Putting out printers",
        "body": "# Steps\n",
        "locale": "en",
        "author_id": AGENT,
        "at": NOW,
    }
    return Document.create(**(values | changes))  # type: ignore[arg-type]


def published_document(**changes: object) -> Document:
    document = draft_document(**changes)
    document.submit(at=NOW)
    document.approve(at=NOW)
    document.publish(at=NOW)
    document.pull_events()
    document.pull_new_revisions()
    return document
