"""Written by `make clients` from docs/openapi. Changes belong there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ..answers import Answer
from ..exports import Export
from ..pages import Page
from ..request import Request, etag_or_none, in_path
from ..transport import Transport
from ..types import (
    HistoryEntry,
    HistoryList,
    Message,
    MessageList,
    Presence,
    Ticket,
    TicketHit,
    TicketItem,
    TicketList,
    TicketPriority,
    TicketSearchResult,
    TicketStatus,
    TicketType,
    ViewList,
)


class TicketsQueries:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def download_attachment(
        self,
        attachment_id: str,
        *,
        range: str | None = None,
        if_range: str | None = None,
        accept_language: str | None = None,
        known: Answer[bytes] | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> Answer[bytes]:
        """The file of a message that the caller sees, to be saved under its name. Never shown in the place of a page.

        range: bytes=<first>-<last>: only these; one range
        if_range: The ETag that the range belongs to, else all is sent
        accept_language: Preferred locales
        """
        return self._transport.answer(
            Request(
                "query",
                "GET",
                f"/v1/attachments/{in_path(attachment_id)}",
                headers={
                    "Range": range,
                    "If-Range": if_range,
                    "Accept-Language": accept_language,
                    "If-None-Match": etag_or_none(known),
                },
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
                known=known,
            )
        )

    def search_tickets(
        self,
        *,
        q: str | None = None,
        facets: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        status: Sequence[TicketStatus] | None = None,
        priority: Sequence[TicketPriority] | None = None,
        type: Sequence[TicketType] | None = None,
        tag: Sequence[str] | None = None,
        locale: Sequence[str] | None = None,
        assignee: Sequence[str] | None = None,
        requester: Sequence[str] | None = None,
        group: Sequence[str] | None = None,
        organization: Sequence[str] | None = None,
        created_after: str | None = None,
        created_before: str | None = None,
        updated_after: str | None = None,
        updated_before: str | None = None,
        accept_language: str | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> Page[TicketSearchResult, TicketHit]:
        """Tickets that match `q` and the filters, best first: exact words before inflected before misspelt ones.

        A word may also be the number of a ticket or, for staff, name its requester or assignee. Misspelt words are
        looked for where fewer than ten tickets have them as they are typed; if no ticket has all words, those with
        most are found. `facets` takes status, priority, type, tags, assignee, group, organization.

        q: Words, "phrases", -not, field:value, field>value; at most 256 characters
        facets: Comma-separated
        sort: A field; a leading - means descending
        limit: Items on a page
        cursor: `next` or `prev` of another page
        tag: Tickets with any of these tags
        assignee: An id, `me` or `none`; several mean any of them
        requester: An id, `me` or `none`; several mean any of them
        group: An id or `none`; several mean any of them
        organization: An id or `none`; several mean any of them
        created_after: RFC 3339, or a date
        created_before: RFC 3339, or a date
        updated_after: RFC 3339, or a date
        updated_before: RFC 3339, or a date
        accept_language: Preferred locales
        """
        return self._transport.page(
            Request(
                "query",
                "GET",
                "/v1/search/tickets",
                query={
                    "q": q,
                    "facets": facets,
                    "sort": sort,
                    "limit": limit,
                    "cursor": cursor,
                    "status": status,
                    "priority": priority,
                    "type": type,
                    "tag": tag,
                    "locale": locale,
                    "assignee": assignee,
                    "requester": requester,
                    "group": group,
                    "organization": organization,
                    "created_after": created_after,
                    "created_before": created_before,
                    "updated_after": updated_after,
                    "updated_before": updated_before,
                },
                headers={"Accept-Language": accept_language},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
            )
        )

    def list_tickets(
        self,
        *,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        status: Sequence[TicketStatus] | None = None,
        priority: Sequence[TicketPriority] | None = None,
        type: Sequence[TicketType] | None = None,
        tag: Sequence[str] | None = None,
        locale: Sequence[str] | None = None,
        assignee: Sequence[str] | None = None,
        requester: Sequence[str] | None = None,
        group: Sequence[str] | None = None,
        organization: Sequence[str] | None = None,
        created_after: str | None = None,
        created_before: str | None = None,
        updated_after: str | None = None,
        updated_before: str | None = None,
        accept_language: str | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> Page[TicketList, TicketItem]:
        """Tickets the caller may see, newest first.

        sort: A field; a leading - means descending
        limit: Items on a page
        cursor: `next` or `prev` of another page
        tag: Tickets with any of these tags
        assignee: An id, `me` or `none`; several mean any of them
        requester: An id, `me` or `none`; several mean any of them
        group: An id or `none`; several mean any of them
        organization: An id or `none`; several mean any of them
        created_after: RFC 3339, or a date
        created_before: RFC 3339, or a date
        updated_after: RFC 3339, or a date
        updated_before: RFC 3339, or a date
        accept_language: Preferred locales
        """
        return self._transport.page(
            Request(
                "query",
                "GET",
                "/v1/tickets",
                query={
                    "sort": sort,
                    "limit": limit,
                    "cursor": cursor,
                    "status": status,
                    "priority": priority,
                    "type": type,
                    "tag": tag,
                    "locale": locale,
                    "assignee": assignee,
                    "requester": requester,
                    "group": group,
                    "organization": organization,
                    "created_after": created_after,
                    "created_before": created_before,
                    "updated_after": updated_after,
                    "updated_before": updated_before,
                },
                headers={"Accept-Language": accept_language},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
            )
        )

    def export_tickets(
        self,
        *,
        q: str | None = None,
        sort: str | None = None,
        format: Literal["jsonl", "csv"] | None = None,
        status: Sequence[TicketStatus] | None = None,
        priority: Sequence[TicketPriority] | None = None,
        type: Sequence[TicketType] | None = None,
        tag: Sequence[str] | None = None,
        locale: Sequence[str] | None = None,
        assignee: Sequence[str] | None = None,
        requester: Sequence[str] | None = None,
        group: Sequence[str] | None = None,
        organization: Sequence[str] | None = None,
        created_after: str | None = None,
        created_before: str | None = None,
        updated_after: str | None = None,
        updated_before: str | None = None,
        accept_language: str | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> Export:
        """All tickets that lists and searches find with these filters and `q`, as items of lists, from one point in
        time.

        The last line is `{"complete": true, "count": …}`, of CSV `#complete,…`: what ends otherwise was broken off.

        q: Words, "phrases", -not, field:value, field>value; at most 256 characters
        sort: A field; a leading - means descending
        format: One JSON object a line, or comma-separated values
        tag: Tickets with any of these tags
        assignee: An id, `me` or `none`; several mean any of them
        requester: An id, `me` or `none`; several mean any of them
        group: An id or `none`; several mean any of them
        organization: An id or `none`; several mean any of them
        created_after: RFC 3339, or a date
        created_before: RFC 3339, or a date
        updated_after: RFC 3339, or a date
        updated_before: RFC 3339, or a date
        accept_language: Preferred locales
        """
        return self._transport.export(
            Request(
                "query",
                "GET",
                "/v1/tickets/export",
                query={
                    "q": q,
                    "sort": sort,
                    "format": format,
                    "status": status,
                    "priority": priority,
                    "type": type,
                    "tag": tag,
                    "locale": locale,
                    "assignee": assignee,
                    "requester": requester,
                    "group": group,
                    "organization": organization,
                    "created_after": created_after,
                    "created_before": created_before,
                    "updated_after": updated_after,
                    "updated_before": updated_before,
                },
                headers={"Accept-Language": accept_language},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
            )
        )

    def get_ticket(
        self,
        ticket_id: str,
        *,
        accept_language: str | None = None,
        known: Answer[Ticket] | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> Answer[Ticket]:
        """One ticket with its newest 20 messages that the caller may see.

        ticket_id: The id, or the number people use
        accept_language: Preferred locales
        """
        return self._transport.answer(
            Request(
                "query",
                "GET",
                f"/v1/tickets/{in_path(ticket_id)}",
                headers={"Accept-Language": accept_language, "If-None-Match": etag_or_none(known)},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
                known=known,
            )
        )

    def list_ticket_history(
        self,
        ticket_id: str,
        *,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> Page[HistoryList, HistoryEntry]:
        """What happened to the ticket, oldest first. Customers see what is public.

        ticket_id: The id, or the number people use
        sort: occurred_at or -occurred_at
        limit: Items on a page
        cursor: `next` or `prev` of another page
        accept_language: Preferred locales
        """
        return self._transport.page(
            Request(
                "query",
                "GET",
                f"/v1/tickets/{in_path(ticket_id)}/history",
                query={"sort": sort, "limit": limit, "cursor": cursor},
                headers={"Accept-Language": accept_language},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
            )
        )

    def list_messages(
        self,
        ticket_id: str,
        *,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> Page[MessageList, Message]:
        """The whole thread, oldest first.

        ticket_id: The id, or the number people use
        sort: created_at or -created_at
        limit: Items on a page
        cursor: `next` or `prev` of another page
        accept_language: Preferred locales
        """
        return self._transport.page(
            Request(
                "query",
                "GET",
                f"/v1/tickets/{in_path(ticket_id)}/messages",
                query={"sort": sort, "limit": limit, "cursor": cursor},
                headers={"Accept-Language": accept_language},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
            )
        )

    def get_ticket_presence(
        self,
        ticket_id: str,
        *,
        accept_language: str | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> Answer[Presence]:
        """Who is on the ticket, and who types. For agents and admins; `presence.changed` events say when to ask anew.

        What nobody says again is over after `for_ms`, and that no event tells.

        ticket_id: The id, or the number people use
        accept_language: Preferred locales
        """
        return self._transport.answer(
            Request(
                "query",
                "GET",
                f"/v1/tickets/{in_path(ticket_id)}/presence",
                headers={"Accept-Language": accept_language},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
            )
        )

    def list_views(
        self, *, accept_language: str | None = None, consistency_token: str | None = None, wait_s: int | None = None
    ) -> Answer[ViewList]:
        """Saved filters of the ticket list: the own ones, and those that others share. For agents.

        accept_language: Preferred locales
        """
        return self._transport.answer(
            Request(
                "query",
                "GET",
                "/v1/views",
                headers={"Accept-Language": accept_language},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
            )
        )

    def list_view_tickets(
        self,
        view_id: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        accept_language: str | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> Page[TicketSearchResult, TicketHit]:
        """The tickets that a view shows, of those that the caller may see; `me` in it is the caller.

        limit: Items on a page
        cursor: `next` or `prev` of another page
        accept_language: Preferred locales
        """
        return self._transport.page(
            Request(
                "query",
                "GET",
                f"/v1/views/{in_path(view_id)}/tickets",
                query={"limit": limit, "cursor": cursor},
                headers={"Accept-Language": accept_language},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
            )
        )
