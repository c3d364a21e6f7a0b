"""Parameters -> Elasticsearch bodies. Pure: what a caller sees and asks goes in, a search comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from read_api.context import Caller
from read_api.search.facets import facet_aggregations
from read_api.search.highlights import highlight_body
from read_api.search.reach import Reach
from read_api.search.text import EXACT_STEP, text_clauses, typed_match
from read_api.tickets.fields import FACETS, fields_for
from read_api.tickets.visibility import (
    DECIDING,
    history_seen_by,
    messages_seen_by,
    text_seen_by,
    tickets_seen_by,
)
from read_models.tickets import LIST_FIELDS
from runtime.search.fields import Clause, Names, whole_number
from runtime.search.filters import Filters, comparison_clauses, filter_clauses
from runtime.search.grammar import Query
from runtime.search.sorting import SortKeys
from runtime.search.ticket_fields import ALL_COUNT

SOURCE = list(LIST_FIELDS)
# A name is as good as the word itself, and a number better.
PERSON_SCORE = EXACT_STEP
NUMBER_SCORE = 2 * EXACT_STEP


@dataclass(frozen=True)
class TicketSearch:
    """All that decides which tickets are found and what is said about them, but not the page."""

    filters: Filters
    query: Query = Query()
    names: Names = Names()
    # Ids of people by each word of the query that is part of their name or email.
    people: Mapping[str, Sequence[str]] | None = None
    languages: Sequence[str] = ()
    facets: Sequence[str] = ()
    highlight: bool = False
    reach: Reach = Reach.TYPED


def search_body(search: TicketSearch, caller: Caller) -> dict[str, Any]:
    fields = fields_for(caller)
    wanted, unwanted = comparison_clauses(search.query.comparisons, fields, search.names, ALL_COUNT)
    must, should, must_not = text_clauses(
        search.query,
        text_seen_by(caller),
        languages=search.languages,
        extra=_other_ways(search),
        reach=search.reach,
    )
    body: dict[str, Any] = {
        "query": {
            "bool": {
                "filter": [*tickets_seen_by(caller), *filter_clauses(search.filters, fields, search.names), *wanted],
                "must": must,
                "should": should,
                "must_not": [*must_not, *unwanted],
            }
        },
        "_source": SOURCE,
    }
    if search.facets:
        body["aggs"] = facet_aggregations({name: FACETS[name] for name in search.facets})
    if search.highlight and (must or should):
        body["highlight"] = highlight_body(list(text_seen_by(caller).folded))
    return body


def list_body(filters: Filters, names: Names, caller: Caller) -> dict[str, Any]:
    clauses = [*tickets_seen_by(caller), *filter_clauses(filters, fields_for(caller), names)]
    return {"query": {"bool": {"filter": clauses}}, "_source": SOURCE, "track_total_hits": False}


def by_number_body(number: int, caller: Caller) -> dict[str, Any]:
    return {
        "query": {"bool": {"filter": [{"term": {"number": number}}, *tickets_seen_by(caller)]}},
        "_source": ["id"],
        "size": 1,
    }


def messages_body(ticket_id: str, caller: Caller) -> dict[str, Any]:
    return {
        "query": {"bool": {"filter": [{"term": {"ticket_id": ticket_id}}, *messages_seen_by(caller)]}},
        "_source": ["id", "author_id", "visibility", "body", "html", "created_at", "attachments"],
        "track_total_hits": False,
    }


def messages_order(caller: Caller, *, newest_first: bool) -> SortKeys:
    """Positions count internal notes too and cursors can be read, so a customer's messages are ordered by time."""
    order = "desc" if newest_first else "asc"
    return ((("position" if caller.is_staff else "created_at"), order), ("id", order))


def message_highlights_body(ticket_ids: Sequence[str], query: Query, caller: Caller) -> dict[str, Any]:
    """The best message of each of these tickets: where a thread is too long to be highlighted as a whole."""
    matches: list[Clause] = [
        {"match": {"body": {"query": text, "fuzziness": "AUTO", "prefix_length": 1}}} for text in query.wanted_texts
    ]
    return {
        "query": {
            "bool": {
                "filter": [{"terms": {"ticket_id": list(ticket_ids)}}, *messages_seen_by(caller)],
                "should": matches,
                "minimum_should_match": 1,
            }
        },
        "collapse": {"field": "ticket_id"},
        "size": len(ticket_ids),
        "_source": ["ticket_id", "visibility"],
        "highlight": highlight_body(["body"]),
    }


HISTORY_ORDER: SortKeys = (("version", "asc"), ("ordinal", "asc"))


def history_body(ticket_id: str, caller: Caller) -> dict[str, Any]:
    return {
        "query": {
            "bool": {
                "filter": [
                    {"term": {"aggregate_type": "ticket"}},
                    {"term": {"aggregate_id": ticket_id}},
                    *history_seen_by(caller),
                ]
            }
        },
        "_source": ["id", "version", "type", "audience", "actor_id", "data", "occurred_at"],
        "track_total_hits": False,
    }


def counts_body(caller: Caller) -> dict[str, Any]:
    """Tickets by status, and those that are the caller's: for who has no counters, or when they are lost."""
    mine = "assignee_id" if caller.is_staff else "requester_id"
    by_status = {"by_status": {"terms": {"field": "status", "size": 10}}}
    aggregations: dict[str, Any] = {
        **by_status,
        "mine": {"filter": {"term": {mine: caller.user_id}}, "aggs": by_status},
    }
    if caller.is_staff:
        unassigned = {"bool": {"must_not": [{"exists": {"field": "assignee_id"}}]}}
        aggregations["unassigned"] = {"filter": unassigned, "aggs": by_status}
        aggregations["groups"] = {"terms": {"field": "group_id", "size": 1000}, "aggs": by_status}
    return {
        "query": {"bool": {"filter": tickets_seen_by(caller)}},
        "size": 0,
        "track_total_hits": False,
        "aggs": aggregations,
    }


def suggest_body(text: str, caller: Caller, limit: int) -> dict[str, Any]:
    return {
        "query": {
            "bool": {
                "filter": tickets_seen_by(caller),
                "must": [typed_match("subject", text)],
                "should": [{"match_phrase": {"subject": text}}],
            }
        },
        "_source": ["id", "number", "subject", "status", *DECIDING],
        "size": limit,
        "track_total_hits": False,
    }


def _other_ways(search: TicketSearch) -> dict[str, list[Clause]]:
    """A word can also be the ticket's number, or name its requester or assignee."""
    ways: dict[str, list[Clause]] = {}
    for word in search.query.required_words:
        number = whole_number(word.removeprefix("#"))
        if number is not None:
            ways.setdefault(word, []).append({"term": {"number": {"value": number, "boost": NUMBER_SCORE}}})
        ids = list((search.people or {}).get(word, ()))
        if ids:
            for path in ("requester_id", "assignee_id"):
                ways.setdefault(word, []).append({"terms": {path: ids, "boost": PERSON_SCORE}})
    return ways
