"""Written by `make clients` from docs/openapi. Changes belong there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ..answers import Answer, Match
from ..given import NOT_GIVEN, NotGiven, given
from ..request import Request, etag_or_none, in_path, key_or_new
from ..transport import Transport
from ..types import (
    AttachmentUploaded,
    FieldType,
    MessageAdded,
    Saved,
    Sharing,
    TicketChanged,
    TicketFieldSaved,
    TicketOpened,
    TicketPriority,
    TicketStatus,
    TicketStatusChanged,
    TicketType,
    ViewQuery,
    Visibility,
)


class TicketsCommands:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def upload_attachment(
        self, *, file_name: str, content: bytes, idempotency_key: str | None = None
    ) -> Answer[AttachmentUploaded]:
        """Takes a file, to be named in the `attachment_ids` of a new message or ticket within a day, once, by its
        uploader.

        What it is decides its content, not its name or Content-Type. Pages, SVG images and programs are not taken.

        file_name: What the file is called; of a path the last part counts
        """
        return self._transport.answer(
            Request(
                "command",
                "POST",
                "/v1/attachments",
                query={"file_name": file_name},
                headers={"Idempotency-Key": key_or_new(idempotency_key)},
                content=content,
            )
        )

    def create_ticket_field(
        self,
        *,
        key: str,
        label: str,
        type: FieldType,
        options: Sequence[str] | None | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
    ) -> Answer[TicketFieldSaved]:
        """Defines a custom field; its key and type are final. For admins.

        options: What a choice offers
        """
        return self._transport.answer(
            Request(
                "command",
                "POST",
                "/v1/ticket-fields",
                headers={"Idempotency-Key": key_or_new(idempotency_key)},
                body=given(key=key, label=label, type=type, options=options),
            )
        )

    def change_ticket_field(
        self,
        field_id: str,
        *,
        if_match: Match,
        active: bool | NotGiven = NOT_GIVEN,
        label: str | NotGiven = NOT_GIVEN,
        options: Sequence[str] | NotGiven = NOT_GIVEN,
    ) -> Answer[TicketFieldSaved]:
        """Change Ticket Field"""
        return self._transport.answer(
            Request(
                "command",
                "PATCH",
                f"/v1/ticket-fields/{in_path(field_id)}",
                headers={"If-Match": etag_or_none(if_match)},
                body=given(active=active, label=label, options=options),
            )
        )

    def open_ticket(
        self,
        *,
        body: str,
        subject: str,
        assignee_id: str | None | NotGiven = NOT_GIVEN,
        attachment_ids: Sequence[str] | None | NotGiven = NOT_GIVEN,
        custom_fields: Mapping[str, Any] | None | NotGiven = NOT_GIVEN,
        group_id: str | None | NotGiven = NOT_GIVEN,
        locale: str | None | NotGiven = NOT_GIVEN,
        organization_id: str | None | NotGiven = NOT_GIVEN,
        priority: TicketPriority | None | NotGiven = NOT_GIVEN,
        requester_id: str | None | NotGiven = NOT_GIVEN,
        tags: Sequence[str] | None | NotGiven = NOT_GIVEN,
        type: TicketType | None | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
    ) -> Answer[TicketOpened]:
        """Opens a ticket with its first message. Customers open tickets for themselves, agents for anybody.

        attachment_ids: Own uploads that hang on no message yet, see POST /v1/attachments
        custom_fields: Key of a ticket field -> its value
        locale: Language of the text
        organization_id: The requester's organization if left out
        priority: normal if left out
        requester_id: Who needs help; the caller if left out
        """
        return self._transport.answer(
            Request(
                "command",
                "POST",
                "/v1/tickets",
                headers={"Idempotency-Key": key_or_new(idempotency_key)},
                body=given(
                    body=body,
                    subject=subject,
                    assignee_id=assignee_id,
                    attachment_ids=attachment_ids,
                    custom_fields=custom_fields,
                    group_id=group_id,
                    locale=locale,
                    organization_id=organization_id,
                    priority=priority,
                    requester_id=requester_id,
                    tags=tags,
                    type=type,
                ),
            )
        )

    def delete_ticket(self, ticket_id: str, *, if_match: Match) -> Answer[None]:
        """Removes the ticket and its messages for good; its history stays. For admins."""
        return self._transport.answer(
            Request(
                "command", "DELETE", f"/v1/tickets/{in_path(ticket_id)}", headers={"If-Match": etag_or_none(if_match)}
            )
        )

    def change_ticket(
        self,
        ticket_id: str,
        *,
        if_match: Match,
        assignee_id: str | None | NotGiven = NOT_GIVEN,
        custom_fields: Mapping[str, Any] | None | NotGiven = NOT_GIVEN,
        group_id: str | None | NotGiven = NOT_GIVEN,
        priority: TicketPriority | NotGiven = NOT_GIVEN,
        subject: str | NotGiven = NOT_GIVEN,
        tags: Sequence[str] | None | NotGiven = NOT_GIVEN,
        type: TicketType | None | NotGiven = NOT_GIVEN,
    ) -> Answer[TicketChanged]:
        """Change Ticket

        custom_fields: Key of a ticket field -> its value
        """
        return self._transport.answer(
            Request(
                "command",
                "PATCH",
                f"/v1/tickets/{in_path(ticket_id)}",
                headers={"If-Match": etag_or_none(if_match)},
                body=given(
                    assignee_id=assignee_id,
                    custom_fields=custom_fields,
                    group_id=group_id,
                    priority=priority,
                    subject=subject,
                    tags=tags,
                    type=type,
                ),
            )
        )

    def add_message(
        self,
        ticket_id: str,
        *,
        body: str,
        visibility: Visibility,
        attachment_ids: Sequence[str] | None | NotGiven = NOT_GIVEN,
        if_match: Match | None = None,
        idempotency_key: str | None = None,
    ) -> Answer[MessageAdded]:
        """Answers publicly, or adds an internal note. A customer's message reopens a solved ticket.

        attachment_ids: Own uploads that hang on no message yet, see POST /v1/attachments
        """
        return self._transport.answer(
            Request(
                "command",
                "POST",
                f"/v1/tickets/{in_path(ticket_id)}/messages",
                headers={"If-Match": etag_or_none(if_match), "Idempotency-Key": key_or_new(idempotency_key)},
                body=given(body=body, visibility=visibility, attachment_ids=attachment_ids),
            )
        )

    def show_presence(
        self, ticket_id: str, *, activity: Literal["viewing", "typing"], tab: str | None = None
    ) -> Answer[None]:
        """Says that the caller is on the ticket. It is over after 30 s unless it is said again, best every 12 s.

        For agents and admins. It is no change of the ticket: no history, no version, and gone with Redis.

        activity: typing lasts for 10 s, being there for 30 s
        tab: Which of the caller's windows, for callers with several; of each a ticket keeps 5
        """
        return self._transport.answer(
            Request(
                "command",
                "PUT",
                f"/v1/tickets/{in_path(ticket_id)}/presence",
                query={"tab": tab},
                body=given(activity=activity),
            )
        )

    def end_presence(self, ticket_id: str, *, tab: str | None = None) -> Answer[None]:
        """Says that the caller has left the ticket, or only this window of it.

        tab: Which of the caller's windows, for callers with several; of each a ticket keeps 5
        """
        return self._transport.answer(
            Request("command", "DELETE", f"/v1/tickets/{in_path(ticket_id)}/presence", query={"tab": tab})
        )

    def change_ticket_status(
        self, ticket_id: str, *, status: TicketStatus, if_match: Match, idempotency_key: str | None = None
    ) -> Answer[TicketStatusChanged]:
        """Takes one step; a step that is not possible is refused with those that are."""
        return self._transport.answer(
            Request(
                "command",
                "POST",
                f"/v1/tickets/{in_path(ticket_id)}/status",
                headers={"If-Match": etag_or_none(if_match), "Idempotency-Key": key_or_new(idempotency_key)},
                body=given(status=status),
            )
        )

    def create_view(
        self,
        *,
        name: str,
        group_id: str | None | NotGiven = NOT_GIVEN,
        query: ViewQuery | None | NotGiven = NOT_GIVEN,
        shared_with: Sharing | NotGiven = NOT_GIVEN,
        sort: str | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
    ) -> Answer[Saved]:
        """Saves a filter of the ticket list under a name, for oneself, for a group or for everybody. For agents.

        group_id: Whose agents have it, where it is shared with a group
        query: All tickets if left out
        shared_with: `everybody` is for admins
        sort: As in a search; a leading - means descending
        """
        return self._transport.answer(
            Request(
                "command",
                "POST",
                "/v1/views",
                headers={"Idempotency-Key": key_or_new(idempotency_key)},
                body=given(name=name, group_id=group_id, query=query, shared_with=shared_with, sort=sort),
            )
        )

    def delete_view(self, view_id: str, *, if_match: Match) -> Answer[None]:
        """Nobody has it any more; the tickets stay."""
        return self._transport.answer(
            Request("command", "DELETE", f"/v1/views/{in_path(view_id)}", headers={"If-Match": etag_or_none(if_match)})
        )

    def change_view(
        self,
        view_id: str,
        *,
        if_match: Match,
        group_id: str | None | NotGiven = NOT_GIVEN,
        name: str | NotGiven = NOT_GIVEN,
        query: ViewQuery | NotGiven = NOT_GIVEN,
        shared_with: Sharing | NotGiven = NOT_GIVEN,
        sort: str | NotGiven = NOT_GIVEN,
    ) -> Answer[Saved]:
        """Renames a view, shares it with others, or gives it other filters. For its owner and admins."""
        return self._transport.answer(
            Request(
                "command",
                "PATCH",
                f"/v1/views/{in_path(view_id)}",
                headers={"If-Match": etag_or_none(if_match)},
                body=given(group_id=group_id, name=name, query=query, shared_with=shared_with, sort=sort),
            )
        )
