"""What the routes answer, for the OpenAPI document. A test compares real answers with it."""

from __future__ import annotations

from typing import Dict, List, Literal, Optional

from pydantic import BaseModel, Field

from read_api.shapes import Named, Total


class Counted(BaseModel):
    total: int = Field(..., ge=0)
    by_status: Dict[str, int]


class CountedGroup(Counted):
    group: Named


class CountedView(BaseModel):
    view: Named
    total: Optional[Total] = Field(..., description="null: its filters mean nothing any more")


class Counts(BaseModel):
    all: Counted = Field(..., description="All tickets that the caller may see")
    mine: Counted = Field(..., description="Of staff: assigned to the caller; of customers: requested by the caller")
    unassigned: Optional[Counted] = Field(..., description="For staff")
    groups: Optional[List[CountedGroup]] = Field(..., description="For staff: every group that has tickets")
    views: Optional[List[CountedView]] = Field(..., description="For staff who ask with views=true, by name")
    complete: bool


class RebuildState(BaseModel):
    index: str
    phase: str = Field(..., description="copying, catching_up (a rollback), checking or swapping")
    done: int
    total: int
    rate_per_s: Optional[float] = Field(..., description="Documents per second of late; null: it stands still")
    left_s: Optional[float] = Field(..., description="Time that is left at this rate; null: not known")
    slowed: bool = Field(..., description="Slower than it could be, because live changes wait")
    paused_at: Optional[str]
    started_at: str
    updated_at: str


class Wish(BaseModel):
    """What an operator asked for: it waits or is under way, or it was refused."""

    kind: Literal["rebuild", "resume", "rollback"]
    wished_at: str
    paused_at: Optional[str]
    refused_at: Optional[str]
    problem: Optional[str] = Field(..., description="Why it did not succeed; null: it may still")


class ProjectionState(BaseModel):
    name: str
    pending: int = Field(..., description="Changes that are committed and not projected yet")
    retrying: int = Field(..., description="Of those: failed before, and waiting for the next attempt")
    oldest_pending_age_ms: Optional[int]
    dead: int = Field(..., description="Documents that could not be projected")
    rebuild: Optional[RebuildState]
    wish: Optional[Wish]
    kept_index: Optional[str] = Field(..., description="The index that a rollback goes back to")


class FreshnessReport(BaseModel):
    as_of: Optional[str] = Field(..., description="Everything committed before is visible; null: not known")
    lag_ms: int
    stale: bool
    pending: Optional[int] = Field(..., description="For staff: changes that are not projected yet, at most")
    oldest_pending_age_ms: Optional[int] = Field(..., description="For staff")
    dead: Optional[int] = Field(..., description="For staff: documents that could not be projected")
    published_at: Optional[str] = Field(..., description="For staff: when the projector last said so")
    projections: Optional[List[ProjectionState]] = Field(..., description="For staff")


class DeadLetter(BaseModel):
    id: int
    projection: str = Field(..., description="The read model that lacks the document, or has an older one")
    document_id: str
    aggregate_type: str = Field(..., description="Of what changed, such as ticket or message")
    aggregate_id: str
    root_id: str = Field(..., description="Of what it belongs to: the ticket of a message; else the same id")
    event_type: str
    attempts: int
    reason: str = Field(..., description="Of a long one the beginning")
    first_failed_at: str
    failed_at: str


class DeadLetterList(BaseModel):
    items: List[DeadLetter] = Field(..., description="The newest first, at most 200")
    next: Optional[str] = Field(..., description="Always null: there are no further pages")
    prev: Optional[str]
    total: int = Field(..., description="How many there are, of all read models")
    complete: bool = Field(..., description="Whether these are all; the command `projector dead list` has all")
    published_at: str


class StoredDocument(BaseModel):
    read_model: str
    document_id: str
    version: int = Field(..., description="Of the aggregate, in Elasticsearch")
    projection_version: int
    redis_version: Optional[int] = Field(
        ..., description="Of the aggregate, in the copy by id; null: not kept there now"
    )


class Projection(BaseModel):
    type: str
    id: str
    written_version: Optional[int] = Field(
        ..., description="Of the Consistency-Token that was sent, if it is of this one"
    )
    projected_version: Optional[int] = Field(
        ..., description="Everything up to this version can be read; null: not known"
    )
    projection_version: Optional[int]
    documents: List[StoredDocument]
    last_error: Optional[str] = Field(..., description="Why it could not be projected; null: it could")
