"""Written by `make clients` from docs/openapi. Changes belong there."""

from __future__ import annotations

from typing import Any, TypedDict

from .shared import Named


class AuditEntry(TypedDict):
    # Who did it; null: the system, or somebody who is not known
    actor: Named | None
    # What it happened to
    aggregate: AuditedAggregate
    # The API token of the actor, if it was not a sign-in
    api_token_id: str | None
    # What changed, with the values before and after
    data: dict[str, Any]
    id: str
    # From where
    ip_address: str | None
    occurred_at: str
    # The request in our logs
    request_id: str | None
    # The sign-in of the actor
    session_id: str | None
    # What happened
    type: str
    # With what, as it says
    user_agent: str | None


class AuditLog(TypedDict):
    """What every list has around its `items`."""

    # false: a store was away or slow, so items or names may be missing
    complete: bool
    items: list[AuditEntry]
    # Cursor of the next page; null: this is the last
    next: str | None
    # Cursor of the previous page; null: this is the first
    prev: str | None


class AuditedAggregate(TypedDict):
    # null: of a failed sign-in, whose address belongs to nobody
    id: str | None
    type: str
    # Version that it led to
    version: int
