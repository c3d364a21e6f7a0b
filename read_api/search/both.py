"""One search over tickets and documents, ranked together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from read_api.context import Caller
from read_api.knowledge import queries as document_queries
from read_api.knowledge.visibility import sees_document
from read_api.tickets import queries as ticket_queries
from read_api.tickets.visibility import sees_ticket
from read_models.documents import DOCUMENTS
from read_models.tickets import TICKETS
from runtime.search.fields import MATCH_NONE, Clause, Fields, Names, named
from runtime.search.filters import comparison_clauses
from runtime.search.grammar import InvalidQuery, Query

MODELS = f"{TICKETS.name},{DOCUMENTS.name}"
TICKET = "ticket"
DOCUMENT = "document"
# Each kind has a field that the other's index does not know.
KINDS: dict[str, Clause] = {TICKET: {"exists": {"field": "number"}}, DOCUMENT: {"exists": {"field": "slug"}}}


def for_resource(query: Query, fields: Fields, all_of: frozenset[str]) -> Query | InvalidQuery:
    """The query as far as it concerns a resource with these fields, or why it cannot mean this resource.

    What is excluded by a field that the resource does not have is not there to begin with.
    """
    kept = tuple(one for one in query.comparisons if not one.negated or _knows(fields, one.field))
    try:
        comparison_clauses(kept, fields, Names(), all_of)
    except InvalidQuery as refused:
        return refused
    return replace(query, comparisons=kept)


def check_fields(query: Query, fields: Sequence[Fields]) -> None:
    """Refuses a field that no resource has."""
    known = {name: field for of_resource in fields for name, field in of_resource.items()}
    for comparison in query.comparisons:
        named(known, comparison.field)


def search_body(
    tickets: ticket_queries.TicketSearch | None, documents: document_queries.DocumentSearch | None, caller: Caller
) -> dict[str, Any]:
    bodies: dict[str, Mapping[str, Any]] = {}
    if tickets is not None:
        bodies[TICKET] = ticket_queries.search_body(tickets, caller)
    if documents is not None:
        bodies[DOCUMENT] = document_queries.search_body(documents, caller)
    ways: list[Clause] = [{"bool": {"filter": [KINDS[kind]], "must": [body["query"]]}} for kind, body in bodies.items()]
    highlights = [body["highlight"] for body in bodies.values() if "highlight" in body]
    body: dict[str, Any] = {
        "query": {"bool": {"should": ways or [MATCH_NONE], "minimum_should_match": 1}},
        "_source": sorted({*ticket_queries.SOURCE, *document_queries.SOURCE}),
        "aggs": {"kind": {"filters": {"filters": KINDS}}},
    }
    if highlights:
        fields: dict[str, Any] = {path: {} for highlight in highlights for path in highlight["fields"]}
        body["highlight"] = {**highlights[0], "fields": fields}
    return body


def kind_of(source: Mapping[str, Any]) -> str:
    return TICKET if "number" in source else DOCUMENT


def sees_either(caller: Caller, source: Mapping[str, Any]) -> bool:
    return sees_ticket(caller, source) if kind_of(source) == TICKET else sees_document(caller, source)


def _knows(fields: Fields, name: str) -> bool:
    try:
        named(fields, name)
    except InvalidQuery:
        return False
    return True
