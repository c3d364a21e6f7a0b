"""Written by `make clients` from docs/openapi. Changes belong there."""

from __future__ import annotations

from typing import TypedDict

from .shared import Named, Total


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
    name: str
    oldest_pending_age_ms: int | None
    # Changes that are committed and not projected yet
    pending: int
    rebuild: RebuildState | None
    # Of those: failed before, and waiting for the next attempt
    retrying: int


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


class StoredDocument(TypedDict):
    document_id: str
    projection_version: int
    read_model: str
    # Of the aggregate, in the copy by id; null: not kept there now
    redis_version: int | None
    # Of the aggregate, in Elasticsearch
    version: int
