"""Runs one search over tickets and documents, and answers with both in one order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from read_api.knowledge import fields as document_fields
from read_api.knowledge import search as document_search
from read_api.knowledge.fields import TIES
from read_api.knowledge.parameters import DocumentQuestion
from read_api.knowledge.shapes import mentioned as mentioned_by_documents
from read_api.paging import Mark
from read_api.reading import Reading
from read_api.search.both import DOCUMENT, MODELS, TICKET, check_fields, for_resource, kind_of, search_body, sees_either
from read_api.search.reach import Reach
from read_api.search.runner import Asked, list_answer, page_of
from read_api.tickets import fields as ticket_fields
from read_api.tickets import search as ticket_search
from read_api.tickets.shapes import mentioned as mentioned_by_tickets
from runtime.search.filters import Filters
from runtime.search.grammar import InvalidQuery, Query
from runtime.search.sorting import RELEVANCE, sort_keys
from runtime.search.ticket_fields import ALL_COUNT as TICKETS_ALL_COUNT


@dataclass(frozen=True)
class Question:
    text: str
    query: Query
    kinds: frozenset[str]
    filters: Filters
    limit: int
    cursor: str | None


async def everything(reading: Reading, question: Question) -> tuple[dict[str, Any], Mark | None]:
    of_kinds = _understood_by(reading, question)
    tickets, documents = of_kinds.get(TICKET), of_kinds.get(DOCUMENT)
    in_tickets = None
    if tickets:
        understood = await ticket_search.understood(reading, tickets, question.filters)
        in_tickets = await ticket_search.with_people(reading, understood)
    every = DocumentQuestion(question.filters, (), ())
    in_documents = await document_search.understood(reading, every, documents) if documents else None

    def body(reach: Reach) -> dict[str, Any]:
        return search_body(
            replace(in_tickets, reach=reach) if in_tickets else None,
            replace(in_documents, reach=reach) if in_documents else None,
            reading.caller,
        )

    asked = Asked(
        "/v1/search",
        MODELS,
        sees_either,
        {**question.filters.asked(), "q": question.text, "kind": sorted(question.kinds)},
        sort_keys(RELEVANCE, {RELEVANCE: "_score"}, TIES),
        question.limit,
        question.cursor,
    )
    page, mark = await page_of(reading, asked, body, question.query.required_words)
    of_tickets = [hit["_source"] for hit in page.hits if kind_of(hit["_source"]) == TICKET]
    of_documents = [hit["_source"] for hit in page.hits if kind_of(hit["_source"]) == DOCUMENT]
    ids = [*mentioned_by_tickets(of_tickets), *mentioned_by_documents(of_documents, reading.caller)]
    labels = await reading.labels(ids)
    shaped = {
        TICKET: iter(await ticket_search.ticket_hits(reading, page, in_tickets, labels) if in_tickets else ()),
        DOCUMENT: iter(
            await document_search.document_hits(reading, page, in_documents, labels) if in_documents else ()
        ),
    }
    items = [{"kind": kind_of(hit["_source"]), **next(shaped[kind_of(hit["_source"])])} for hit in page.hits]
    answer = {
        **list_answer(page, items, labels),
        "total": page.found.total,
        "facets": {"kind": _kinds(page.found.aggregations["kind"]["buckets"])},
    }
    return answer, mark


def _understood_by(reading: Reading, question: Question) -> dict[str, Query]:
    """The query by the kinds it can mean, of those that were asked for and that the caller may search."""
    fields = {
        TICKET: (ticket_fields.fields_for(reading.caller), TICKETS_ALL_COUNT),
        DOCUMENT: (document_fields.fields_for(reading.caller), document_fields.ALL_COUNT),
    }
    if reading.caller.is_anonymous:
        del fields[TICKET]
    check_fields(question.query, [known for known, _ in fields.values()])
    asked = {kind: for_resource(question.query, *known) for kind, known in fields.items() if kind in question.kinds}
    refusals = [answer for answer in asked.values() if isinstance(answer, InvalidQuery)]
    if refusals and len(refusals) == len(asked):
        raise refusals[0]
    return {kind: query for kind, query in asked.items() if isinstance(query, Query)}


def _kinds(buckets: dict[str, Any]) -> Sequence[dict[str, Any]]:
    return [{"value": kind, "name": None, "count": buckets[kind]["doc_count"]} for kind in sorted(buckets)]
