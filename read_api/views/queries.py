"""Parameters -> Elasticsearch bodies. Pure."""

from __future__ import annotations

from typing import Any

from read_api.context import Caller
from read_api.tickets.queries import TicketSearch, search_body
from read_api.views.visibility import views_seen_by

# More than anybody keeps in view.
ALL_VIEWS = 500
# So many are counted at once, and each so far: nobody reads on from there.
COUNTED_VIEWS = 50
COUNTED_TICKETS = 10_000


def views_body(caller: Caller, limit: int = ALL_VIEWS) -> dict[str, Any]:
    return {
        "query": {"bool": {"filter": views_seen_by(caller)}},
        "sort": [{"name": "asc"}, {"id": "asc"}],
        "size": limit,
        "track_total_hits": False,
    }


def view_body(view_id: str, caller: Caller) -> dict[str, Any]:
    filters = [{"term": {"id": view_id.lower()}}, *views_seen_by(caller)]
    return {"query": {"bool": {"filter": filters}}, "size": 1, "track_total_hits": False}


def count_body(search: TicketSearch, caller: Caller) -> dict[str, Any]:
    asked = search_body(search, caller)
    return {"query": asked["query"], "size": 0, "track_total_hits": COUNTED_TICKETS}
