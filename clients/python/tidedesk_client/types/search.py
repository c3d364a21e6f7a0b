"""Written by `make clients` from docs/openapi. Changes belong there."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from .shared import FacetValue, Named, Total


class FoundDocument(TypedDict):
    # For staff
    author: Named | None
    category: Named | None
    # Of the review; of drafts only
    comment: str | None
    default_locale: str
    # Whose agents see it, where its visibility is groups
    groups: list[Named]
    # Fragments of title and body: HTML-escaped, found words in <em>
    highlights: dict[str, list[str]]
    id: str
    kind: Literal["document"]
    locale: str
    # When a scheduled draft will be published
    publish_at: str | None
    published_at: str | None
    revision: int
    slug: str
    status: str
    tags: list[str]
    title: str
    updated_at: str
    # The ETag begins with it; send that as If-Match to change the document
    version: int
    # public, customers, agents or groups
    visibility: str


class FoundTicket(TypedDict):
    assignee: Named | None
    channel: str
    created_at: str
    custom_fields: dict[str, Any]
    first_response_at: str | None
    group: Named | None
    # Fragments of subject, messages and notes: HTML-escaped, found words in <em>
    highlights: dict[str, list[str]]
    id: str
    kind: Literal["ticket"]
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


class SearchResult(TypedDict):
    """What every list has around its `items`."""

    # false: a store was away or slow, so items or names may be missing
    complete: bool
    # kind: how many of each
    facets: dict[str, list[FacetValue]]
    items: list[FoundTicket | FoundDocument]
    # Cursor of the next page; null: this is the last
    next: str | None
    # Cursor of the previous page; null: this is the first
    prev: str | None
    total: Total


class Suggestion(TypedDict):
    id: str
    kind: Literal["ticket", "document"]
    # Of documents
    locale: str | None
    # Of tickets
    number: int | None
    # Of documents
    slug: str | None
    # Of tickets
    status: str | None
    title: str


class SuggestionList(TypedDict):
    """What every list has around its `items`."""

    # false: a store was away or slow, so items or names may be missing
    complete: bool
    items: list[Suggestion]
    # Cursor of the next page; null: this is the last
    next: str | None
    # Cursor of the previous page; null: this is the first
    prev: str | None
