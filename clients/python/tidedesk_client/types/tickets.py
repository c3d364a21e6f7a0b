"""Written by `make clients` from docs/openapi. Changes belong there."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from .shared import FacetValue, Named, Total

FieldType = Literal["text", "number", "boolean", "date", "choice"]
Sharing = Literal["me", "group", "everybody"]
TicketPriority = Literal["low", "normal", "high", "urgent"]
TicketStatus = Literal["new", "open", "pending", "on_hold", "solved", "closed"]
TicketType = Literal["question", "incident", "problem", "task"]
Visibility = Literal["public", "internal"]


class Attachment(TypedDict):
    file_name: str
    # Of GET /v1/attachments/{id}
    id: str
    # As found by its content
    media_type: str
    size_bytes: int


class AttachmentUploaded(TypedDict):
    # Cleaned, and with an extension that fits
    file_name: str
    # Goes into the attachment_ids of one message, within a day
    id: str
    # As found by its content
    media_type: str
    # Of its bytes, in hexadecimal
    sha256: str
    size_bytes: int


class HistoryEntry(TypedDict):
    # null: the system
    actor: Named | None
    data: dict[str, Any]
    id: str
    occurred_at: str
    type: str
    # Version that the event led to
    version: int


class HistoryList(TypedDict):
    """What every list has around its `items`."""

    # false: a store was away or slow, so items or names may be missing
    complete: bool
    items: list[HistoryEntry]
    # Cursor of the next page; null: this is the last
    next: str | None
    # Cursor of the previous page; null: this is the first
    prev: str | None


class Message(TypedDict):
    attachments: list[Attachment]
    author: Named
    # As it was written, in Markdown
    body: str
    created_at: str
    # The body as HTML that is safe to show
    html: str
    id: str
    # public or internal; customers only see public ones
    visibility: str


class MessageAdded(TypedDict):
    """`id` is the message's, `version` is its ticket's."""

    id: str
    # The place in the thread, from 1
    position: int
    ticket_id: str
    version: int


class MessageList(TypedDict):
    """What every list has around its `items`."""

    # false: a store was away or slow, so items or names may be missing
    complete: bool
    items: list[Message]
    # Cursor of the next page; null: this is the last
    next: str | None
    # Cursor of the previous page; null: this is the first
    prev: str | None


class Presence(TypedDict):
    # false: a store was away, so names may be missing
    complete: bool
    # Whoever types first; 20 at most, the caller among them
    items: list[PresentPerson]
    # How many there are
    total: int


class PresentPerson(TypedDict):
    # viewing or typing
    activity: str
    # For so long it holds unless it is said again
    for_ms: int
    user: Named


class Ticket(TypedDict):
    assignee: Named | None
    channel: str
    created_at: str
    custom_fields: dict[str, Any]
    first_response_at: str | None
    group: Named | None
    id: str
    locale: str | None
    # For staff; it counts internal notes too
    message_count: int | None
    # The newest 20 that the caller may see, oldest of them first
    messages: list[Message]
    number: int
    organization: Named | None
    priority: str
    requester: Named
    # Always null for now
    sla: dict[str, Any] | None
    solved_at: str | None
    status: str
    subject: str
    tags: list[str]
    type: str | None
    updated_at: str
    # The ETag begins with it; send that as If-Match to change the ticket
    version: int


class TicketChanged(TypedDict):
    """What a command answers. `version` is also the ETag, and what the Consistency-Token waits for."""

    id: str
    number: int
    version: int


class TicketFieldSaved(TypedDict):
    """What a command answers. `version` is also the ETag, and what the Consistency-Token waits for."""

    id: str
    key: str
    version: int


class TicketHit(TypedDict):
    assignee: Named | None
    channel: str
    created_at: str
    custom_fields: dict[str, Any]
    first_response_at: str | None
    group: Named | None
    # Fragments of subject, messages and notes: HTML-escaped, found words in <em>
    highlights: dict[str, list[str]]
    id: str
    locale: str | None
    # For staff; it counts internal notes too
    message_count: int | None
    number: int
    organization: Named | None
    priority: str
    requester: Named
    # Always null for now
    sla: dict[str, Any] | None
    solved_at: str | None
    status: str
    subject: str
    tags: list[str]
    type: str | None
    updated_at: str
    # The ETag begins with it; send that as If-Match to change the ticket
    version: int


class TicketItem(TypedDict):
    assignee: Named | None
    channel: str
    created_at: str
    custom_fields: dict[str, Any]
    first_response_at: str | None
    group: Named | None
    id: str
    locale: str | None
    # For staff; it counts internal notes too
    message_count: int | None
    number: int
    organization: Named | None
    priority: str
    requester: Named
    # Always null for now
    sla: dict[str, Any] | None
    solved_at: str | None
    status: str
    subject: str
    tags: list[str]
    type: str | None
    updated_at: str
    # The ETag begins with it; send that as If-Match to change the ticket
    version: int


class TicketList(TypedDict):
    """What every list has around its `items`."""

    # false: a store was away or slow, so items or names may be missing
    complete: bool
    items: list[TicketItem]
    # Cursor of the next page; null: this is the last
    next: str | None
    # Cursor of the previous page; null: this is the first
    prev: str | None


class TicketOpened(TypedDict):
    """What a command answers. `version` is also the ETag, and what the Consistency-Token waits for."""

    id: str
    number: int
    version: int


class TicketSearchResult(TypedDict):
    """What every list has around its `items`."""

    # false: a store was away or slow, so items or names may be missing
    complete: bool
    # By facet that was asked for; null: none was
    facets: dict[str, list[FacetValue]] | None
    items: list[TicketHit]
    # Cursor of the next page; null: this is the last
    next: str | None
    # Cursor of the previous page; null: this is the first
    prev: str | None
    total: Total


class TicketStatusChanged(TypedDict):
    """What a command answers. `version` is also the ETag, and what the Consistency-Token waits for."""

    id: str
    number: int
    status: TicketStatus
    version: int


class View(TypedDict):
    # Whether the caller may change and delete it
    changeable: bool
    created_at: str
    # Whose agents have it, where it is shared with a group
    group: Named | None
    id: str
    name: str
    owner: Named
    # Parameters of GET /v1/search/tickets; `me` is who looks
    query: dict[str, Any]
    # me, group or everybody
    shared_with: str
    sort: str
    updated_at: str
    # The ETag begins with it; send that as If-Match to change the view
    version: int


class ViewList(TypedDict):
    """What every list has around its `items`."""

    # false: a store was away or slow, so items or names may be missing
    complete: bool
    items: list[View]
    # Cursor of the next page; null: this is the last
    next: str | None
    # Cursor of the previous page; null: this is the first
    prev: str | None


class ViewQuery(TypedDict, total=False):
    """What GET /v1/search/tickets takes. `me` is whoever looks at the view."""

    # Ids, `me` or `none`
    assignee: list[str] | None
    # RFC 3339, or a date
    created_after: str | None
    # RFC 3339, or a date
    created_before: str | None
    # Ids or `none`
    group: list[str] | None
    # Any of them
    locale: list[str] | None
    # Ids or `none`
    organization: list[str] | None
    # Any of them
    priority: list[TicketPriority] | None
    # As in a search
    q: str | None
    # Ids, `me` or `none`
    requester: list[str] | None
    # Any of them
    status: list[TicketStatus] | None
    # Any of them
    tag: list[str] | None
    # Any of them
    type: list[TicketType] | None
    # RFC 3339, or a date
    updated_after: str | None
    # RFC 3339, or a date
    updated_before: str | None
