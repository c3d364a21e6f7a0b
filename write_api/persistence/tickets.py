from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from domain.tickets.errors import TicketNotFound
from domain.tickets.messages import Message
from domain.tickets.priority import TicketChannel, TicketPriority, TicketType
from domain.tickets.status import TicketStatus
from domain.tickets.ticket import Ticket
from runtime.markdown import RENDERER_VERSION, render_message
from write_api.persistence.ahead import Ahead, Row
from write_api.persistence.outbox import ATTACHMENTS_OF_DELETED_TICKET, MESSAGES_OF_DELETED_TICKET, Part
from write_api.persistence.session import Session
from write_api.persistence.sql import delete_versioned, insert_rows, select_all, update_rows, update_versioned
from write_api.persistence.tables.tickets import messages, tickets

_SELECT = select_all(tickets)
_SELECT_BY_ID = f"{_SELECT} WHERE id = $1"
_SELECT_BY_EXTERNAL_ID = f"{_SELECT} WHERE external_id = $1"
_LOCK_OF_ORGANIZATION = (
    f"{_SELECT} WHERE organization_id = $1 AND id > $2 AND id <= $3 ORDER BY id LIMIT $4 FOR NO KEY UPDATE"
)
_EXTENT = """
SELECT (SELECT count(*) FROM tickets WHERE organization_id = $1) AS total,
    (SELECT id FROM tickets WHERE organization_id = $1 ORDER BY id DESC LIMIT 1) AS newest_id"""
_INSERT = insert_rows(tickets)
_MOVE = update_rows(tickets, ("organization_id", "updated_at"))
_UPDATE = update_versioned(tickets)
_DELETE = delete_versioned(tickets)
_INSERT_MESSAGES = insert_rows(messages)
# A field and its column have one name, so a new one needs no line here. SQLAlchemy's names are no plain strings.
_COLUMNS = tuple(str(column.name) for column in tickets.columns)
LONG_BODY = 1_000
_NEXT_NUMBER = "SELECT nextval('ticket_number') AS number"


class TicketRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def get(self, ticket_id: UUID) -> Ticket:
        row = await self._session.fetch_to_change(_SELECT_BY_ID, ticket_id)
        if row is None:
            raise TicketNotFound(ticket_id)
        return _to_ticket(row)

    async def find_by_external_id(self, external_id: str) -> Ticket | None:
        row = await self._session.fetch_to_change(_SELECT_BY_EXTERNAL_ID, external_id)
        return None if row is None else _to_ticket(row)

    async def extent_of(self, organization_id: UUID) -> tuple[int, UUID | None]:
        """How many tickets the organization has, and the newest."""
        row = await self._session.fetch_row(_EXTENT, organization_id)
        assert row is not None
        return row["total"], row["newest_id"]

    async def next_of(self, organization_id: UUID, after: UUID, up_to: UUID, limit: int) -> list[Ticket]:
        """Its tickets by id, locked until the commit."""
        await self._session.begin()
        rows = await self._session.fetch(_LOCK_OF_ORGANIZATION, organization_id, after, up_to, limit)
        return [_to_ticket(row) for row in rows]

    async def save_moved(self, tickets: Iterable[Ticket]) -> None:
        """Those of `next_of`, of which nothing but the organization has changed."""
        for ticket in tickets:
            row = {
                "id": ticket.id,
                "version": ticket.version + 1,
                "organization_id": ticket.organization_id,
                "updated_at": ticket.updated_at,
            }
            self._session.changed_together(ticket, _MOVE, row)

    async def add(self, ticket: Ticket) -> None:
        if ticket.number is None:
            row = await self._session.fetch_row(_NEXT_NUMBER)
            assert row is not None
            ticket.number = row["number"]
        self._session.added(ticket, _INSERT, _to_row(ticket), await self._add_messages(ticket))

    async def save(self, ticket: Ticket) -> None:
        if ticket.deleted:
            for parts in (MESSAGES_OF_DELETED_TICKET, ATTACHMENTS_OF_DELETED_TICKET):
                self._session.plan.execute(parts, ticket.id, ticket.version + 1)
            self._session.removed(ticket, _DELETE)
        elif ticket.has_changes:
            self._session.changed(ticket, _UPDATE, _to_row(ticket), await self._add_messages(ticket))

    async def _add_messages(self, ticket: Ticket) -> list[Part]:
        new = ticket.pull_new_messages()
        self._session.plan.insert(_INSERT_MESSAGES, *[await _to_message_row(ticket.id, message) for message in new])
        parts = [Part("message", message.id, "MessageAdded") for message in new]
        return parts + [
            Part("attachment", id_, "AttachmentAttached") for message in new for id_ in message.attachment_ids
        ]


def ticket_ahead(ticket_id: UUID) -> Ahead:
    return Ahead(_SELECT_BY_ID, (ticket_id,))


def _to_ticket(row: Row) -> Ticket:
    type_ = row["type"]
    return Ticket(
        **{
            **row,
            "status": TicketStatus(row["status"]),
            "priority": TicketPriority(row["priority"]),
            "type": None if type_ is None else TicketType(type_),
            "channel": TicketChannel(row["channel"]),
            "tags": tuple(row["tags"]),
        }
    )


def _to_row(ticket: Ticket) -> dict[str, Any]:
    return {**{name: getattr(ticket, name) for name in _COLUMNS}, "version": ticket.version + 1}


async def _to_message_row(ticket_id: UUID, message: Message) -> dict[str, Any]:
    # A long one would hold up everybody else; a short one is done before a thread would begin.
    is_long = len(message.body) > LONG_BODY
    html = await asyncio.to_thread(render_message, message.body) if is_long else render_message(message.body)
    return {
        "id": message.id,
        "ticket_id": ticket_id,
        "position": message.position,
        "author_id": message.author_id,
        "visibility": message.visibility,
        "body": message.body,
        "created_at": message.created_at,
        "attachment_count": len(message.attachment_ids),
        "html": html,
        "renderer_version": None if html is None else RENDERER_VERSION,
    }
