"""Written by `make clients` from docs/openapi. Changes belong there."""

from __future__ import annotations

from typing import Literal, TypedDict

from .shared import FacetValue, Named, Total

DocumentVisibility = Literal["public", "customers", "agents", "groups"]
TranslationStatus = Literal["draft", "in_review", "approved", "scheduled", "published", "archived"]


class Category(TypedDict):
    children: list[Category]
    id: str
    # In the best locale for the caller
    name: str | None
    # By locale
    names: dict[str, str]
    parent_id: str | None
    position: int
    version: int


class CategoryTree(TypedDict):
    """What every list has around its `items`."""

    # false: a store was away or slow, so items or names may be missing
    complete: bool
    items: list[Category]
    # Cursor of the next page; null: this is the last
    next: str | None
    # Cursor of the previous page; null: this is the first
    prev: str | None


class Document(TypedDict):
    # For staff
    author: Named | None
    # Markdown
    body: str
    category: Named | None
    # Of the review; of drafts only
    comment: str | None
    default_locale: str
    # Whose agents see it, where its visibility is groups
    groups: list[Named]
    # Rendered and cleaned
    html: str
    id: str
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


class DocumentHit(TypedDict):
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


class DocumentItem(TypedDict):
    # For staff
    author: Named | None
    category: Named | None
    # Of the review; of drafts only
    comment: str | None
    default_locale: str
    # Whose agents see it, where its visibility is groups
    groups: list[Named]
    id: str
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


class DocumentList(TypedDict):
    """What every list has around its `items`."""

    # false: a store was away or slow, so items or names may be missing
    complete: bool
    items: list[DocumentItem]
    # Cursor of the next page; null: this is the last
    next: str | None
    # Cursor of the previous page; null: this is the first
    prev: str | None


class DocumentSaved(TypedDict):
    """What a command answers. `version` is also the ETag, and what the Consistency-Token waits for."""

    id: str
    locale: str
    # When it will be published, if that is planned
    publish_at: str | None
    # The number of the newest text in this locale
    revision: int
    slug: str
    status: TranslationStatus
    version: int


class DocumentSearchResult(TypedDict):
    """What every list has around its `items`."""

    # false: a store was away or slow, so items or names may be missing
    complete: bool
    # By facet that was asked for; null: none was
    facets: dict[str, list[FacetValue]] | None
    items: list[DocumentHit]
    # Cursor of the next page; null: this is the last
    next: str | None
    # Cursor of the previous page; null: this is the first
    prev: str | None
    total: Total


class DocumentVersion(TypedDict):
    author: Named
    created_at: str
    locale: str
    number: int
    # This is the version that readers see
    published: bool
    title: str


class DocumentVersionList(TypedDict):
    """What every list has around its `items`."""

    # false: a store was away or slow, so items or names may be missing
    complete: bool
    items: list[DocumentVersion]
    # Cursor of the next page; null: this is the last
    next: str | None
    # Cursor of the previous page; null: this is the first
    prev: str | None


class DocumentVersionText(TypedDict):
    author: Named
    # Markdown, as it was saved
    body: str
    created_at: str
    locale: str
    number: int
    # This is the version that readers see
    published: bool
    title: str


class Feedback(TypedDict):
    """What every list has around its `items`."""

    # false: a store was away or slow, so items or names may be missing
    complete: bool
    # Readers whom it did not help
    helpful_no: int
    # Readers whom it helped
    helpful_yes: int
    # What they miss, newest first
    items: list[FeedbackComment]
    # Cursor of the next page; null: this is the last
    next: str | None
    # Cursor of the previous page; null: this is the first
    prev: str | None


class FeedbackComment(TypedDict):
    comment: str
    id: str
    # Of the text that was read
    locale: str
    updated_at: str


class TicketField(TypedDict):
    active: bool
    created_at: str
    id: str
    key: str
    label: str
    options: list[str]
    # text, number, boolean, date or choice
    type: str
    updated_at: str
    version: int


class TicketFieldList(TypedDict):
    """What every list has around its `items`."""

    # false: a store was away or slow, so items or names may be missing
    complete: bool
    items: list[TicketField]
    # Cursor of the next page; null: this is the last
    next: str | None
    # Cursor of the previous page; null: this is the first
    prev: str | None
