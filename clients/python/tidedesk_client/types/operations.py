"""Written by `make clients` from docs/openapi. Changes belong there."""

from __future__ import annotations

from typing import Literal, TypedDict

from .shared import Named, Total

# What can be searched and listed. A test holds that these are all that the projector writes.
ReadModelName = Literal[
    "tickets",
    "messages",
    "attachments",
    "documents",
    "document_drafts",
    "document_votes",
    "people",
    "catalog",
    "history",
    "views",
]


class Counted(TypedDict):
    by_status: dict[str, int]
    total: int


class CountedGroup(TypedDict):
    by_status: dict[str, int]
    group: Named
    total: int


class CountedView(TypedDict):
    # null: its filters mean nothing any more
    total: Total | None
    view: Named


class Counts(TypedDict):
    # All tickets that the caller may see
    all: Counted
    complete: bool
    # For staff: every group that has tickets
    groups: list[CountedGroup] | None
    # Of staff: assigned to the caller; of customers: requested by the caller
    mine: Counted
    # For staff
    unassigned: Counted | None
    # For staff who ask with views=true, by name
    views: list[CountedView] | None


class DeadLetter(TypedDict):
    aggregate_id: str
    # Of what changed, such as ticket or message
    aggregate_type: str
    attempts: int
    document_id: str
    event_type: str
    failed_at: str
    first_failed_at: str
    id: int
    # The read model that lacks the document, or has an older one
    projection: str
    # Of a long one the beginning
    reason: str
    # Of what it belongs to: the ticket of a message; else the same id
    root_id: str


class DeadLetterList(TypedDict):
    # Whether these are all; the command `projector dead list` has all
    complete: bool
    # The newest first, at most 200
    items: list[DeadLetter]
    # Always null: there are no further pages
    next: str | None
    prev: str | None
    published_at: str
    # How many there are, of all read models
    total: int


class FreshnessReport(TypedDict):
    # Everything committed before is visible; null: not known
    as_of: str | None
    # For staff: documents that could not be projected
    dead: int | None
    lag_ms: int
    # For staff
    oldest_pending_age_ms: int | None
    # For staff: changes that are not projected yet, at most
    pending: int | None
    # For staff
    projections: list[ProjectionState] | None
    # For staff: when the projector last said so
    published_at: str | None
    stale: bool


class Projection(TypedDict):
    documents: list[StoredDocument]
    id: str
    # Why it could not be projected; null: it could
    last_error: str | None
    # Everything up to this version can be read; null: not known
    projected_version: int | None
    projection_version: int | None
    type: str
    # Of the Consistency-Token that was sent, if it is of this one
    written_version: int | None


class ProjectionState(TypedDict):
    # Documents that could not be projected
    dead: int
    # The index that a rollback goes back to
    kept_index: str | None
    name: str
    oldest_pending_age_ms: int | None
    # Changes that are committed and not projected yet
    pending: int
    rebuild: RebuildState | None
    # Of those: failed before, and waiting for the next attempt
    retrying: int
    wish: Wish | None


class RebuildAccepted(TypedDict):
    # Of the operation, as the audit log names it
    id: str
    projections: list[ReadModelName]
    status: Literal["requested", "paused", "resumed"]


class RebuildState(TypedDict):
    done: int
    index: str
    # Time that is left at this rate; null: not known
    left_s: float | None
    paused_at: str | None
    # copying, catching_up (a rollback), checking or swapping
    phase: str
    # Documents per second of late; null: it stands still
    rate_per_s: float | None
    # Slower than it could be, because live changes wait
    slowed: bool
    started_at: str
    total: int
    updated_at: str


class Replayed(TypedDict):
    # Letters that are tried again. Each is gone once its document is there
    replayed: int


class StoredDocument(TypedDict):
    document_id: str
    projection_version: int
    read_model: str
    # Of the aggregate, in the copy by id; null: not kept there now
    redis_version: int | None
    # Of the aggregate, in Elasticsearch
    version: int


class Wish(TypedDict):
    """What an operator asked for: it waits or is under way, or it was refused."""

    kind: Literal["rebuild", "resume", "rollback"]
    paused_at: str | None
    # Why it did not succeed; null: it may still
    problem: str | None
    refused_at: str | None
    wished_at: str
