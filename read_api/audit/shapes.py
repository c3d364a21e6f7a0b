"""Stored lines of history -> what admins read. The shape is described by schemas.py; a test compares the two."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from read_api.labels import Labels
from read_api.times import utc

_FROM_WHERE = ("ip_address", "user_agent", "session_id", "api_token_id", "request_id")


def audit_entry(source: Mapping[str, Any], labels: Labels) -> dict[str, Any]:
    aggregate = {"type": source["aggregate_type"], "id": source["aggregate_id"], "version": source["version"]}
    return {
        "id": source["id"],
        "occurred_at": utc(source["occurred_at"]),
        "type": source["type"],
        "aggregate": aggregate,
        "actor": labels.reference("user", source["actor_id"]),
        # An index that was not rebuilt yet does not have them.
        **{name: source.get(name) for name in _FROM_WHERE},
        "data": source["data"],
    }
