"""Entries of a log, and callers who look at them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from read_api.context import Caller
from read_api.events.log import Entry, EventId
from read_api.events.shown import Interest
from read_models.events import PUBLIC, Change

ADMIN = Caller(user_id="admin", role="admin")
EVERYTHING = Interest(frozenset(("ticket", "document")))
REQUESTER, OTHER = Caller(user_id="requester", role="customer"), Caller(user_id="other", role="customer")
THEIRS = {"requester_id": "requester", "assignee_id": None, "group_id": None, "organization_id": None}


def change(number: int = 1, deciding: Mapping[str, Any] | None = None, **fields: Any) -> Change:
    """Of a ticket of its own."""
    return Change("ticket", str(UUID(int=number)), number, "shown", fields.pop("audience", PUBLIC), (), deciding)


def entry(ms: int, number: int = 1, deciding: Mapping[str, Any] | None = None) -> Entry:
    return Entry(EventId(ms, 0), change(number, deciding))
