"""Parameters -> Elasticsearch bodies. Pure."""

from __future__ import annotations

from typing import Any

from read_api.audit.visibility import entries_seen_by
from read_api.context import Caller
from read_models.history import AUDITED
from runtime.search.fields import Choice, Field, Instant, Keyword, Names, Reference
from runtime.search.filters import Filters, filter_clauses

FIELDS: dict[str, Field] = {
    "actor": Reference("actor_id", "user"),
    "aggregate_type": Choice("aggregate_type", AUDITED),
    "aggregate_id": Reference("aggregate_id", "aggregate"),
    "type": Keyword("type"),
    "ip_address": Keyword("ip_address"),
    "occurred": Instant("occurred_at"),
}
SORTS = {"occurred_at": "occurred_at"}
SOURCE = [
    *("id", "version", "aggregate_type", "aggregate_id", "type", "actor_id", "data", "occurred_at"),
    *("ip_address", "user_agent", "session_id", "api_token_id", "request_id"),
]


def audit_body(filters: Filters, caller: Caller) -> dict[str, Any]:
    clauses = [*entries_seen_by(caller), *filter_clauses(filters, FIELDS, Names(caller.user_id))]
    return {"query": {"bool": {"filter": clauses}}, "_source": SOURCE, "track_total_hits": False}
