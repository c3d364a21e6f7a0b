"""Runs one search over tickets and documents, and answers with both in one order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from read_api.knowledge import fields as document_fields
from read_api.knowledge import search as document_search
from read_api.knowledge.fields import TIES
from read_api.knowledge.parameters import DocumentQuestion
from read_api.knowledge.queries import DocumentSearch
from read_api.knowledge.shapes import mentioned as mentioned_by_documents
from read_api.paging import Mark
from read_api.reading import Reading
from read_api.search.both import MODELS, check_fields, for_resource, search_body
from read_api.search.filters import Filters
from read_api.search.grammar import Query
from read_api.search.runner import Asked, list_answer, page_of
from read_api.search.sorting import RELEVANCE, sort_keys
from read_api.tickets import fields as ticket_fields
from read_api.tickets import search as ticket_search
from read_api.tickets.queries import TicketSearch
from read_api.tickets.shapes import mentioned as mentioned_by_tickets

TICKET = "ticket"
DOCUMENT = "document"


@dataclass(frozen=True)
class Question:
    text: str
    query: Query
    kinds: frozenset[str]
    filters: Filters
    limit: int
    cursor: str | None


async def everything(reading: Reading, question: Question) -> tuple[dict[str, Any], Mark | None]:
    check_fields(question.query, reading.caller)
    tickets = await _tickets(reading, question)
    documents = await _documents(reading, question)

    def body(some: bool) -> dict[str, Any]:
        return search_body(
            replace(tickets, some=some) if tickets else None,
            replace(documents, some=some) if documents else None,
            reading.caller,
        )

    asked = Asked(
        "/v1/search",
        MODELS,
        {**question.filters.asked(), "q": question.text, "kind": sorted(question.kinds)},
        sort_keys(RELEVANCE, {RELEVANCE: "_score"}, TIES),
        question.limit,
        question.cursor,
    )
    page, mark = await page_of(reading, asked, body, may_relax=len(question.query.required_words) > 1)
    of_tickets = [hit["_source"] for hit in page.hits if _kind(hit) == TICKET]
    of_documents = [hit["_source"] for hit in page.hits if _kind(hit) == DOCUMENT]
    ids = [*mentioned_by_tickets(of_tickets), *mentioned_by_documents(of_documents, reading.caller)]
    labels = await reading.services.labels.read(ids, reading.locales)
    shaped = {
        TICKET: iter(await ticket_search.ticket_hits(reading, page, tickets, labels) if tickets else ()),
        DOCUMENT: iter(document_search.document_hits(reading, page, labels)),
    }
    items = [{"kind": _kind(hit), **next(shaped[_kind(hit)])} for hit in page.hits]
    answer = {
        **list_answer(page, items, labels),
        "total": page.found.total,
        "facets": {"kind": _kinds(page.found.aggregations["kind"]["buckets"])},
    }
    return answer, mark


async def _tickets(reading: Reading, question: Question) -> TicketSearch | None:
    query = for_resource(question.query, ticket_fields.fields_for(reading.caller))
    if TICKET not in question.kinds or query is None or reading.caller.is_anonymous:
        return None
    return await ticket_search.understood(reading, query, question.filters)


async def _documents(reading: Reading, question: Question) -> DocumentSearch | None:
    query = for_resource(question.query, document_fields.fields_for(reading.caller))
    if DOCUMENT not in question.kinds or query is None:
        return None
    return await document_search.understood(reading, DocumentQuestion(question.filters, (), ()), query)


def _kind(hit: dict[str, Any]) -> str:
    return TICKET if "number" in hit["_source"] else DOCUMENT


def _kinds(buckets: dict[str, Any]) -> Sequence[dict[str, Any]]:
    return [{"value": kind, "name": None, "count": buckets[kind]["doc_count"]} for kind in sorted(buckets)]
