"""As-you-type titles of tickets and documents."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from read_api.knowledge import queries as document_queries
from read_api.reading import Reading
from read_api.search.both import DOCUMENT, TICKET, kind_of, sees_either
from read_api.search.runner import seen_hits
from read_api.tickets import queries as ticket_queries
from read_models.documents import DOCUMENTS
from read_models.tickets import TICKETS
from runtime.search.grammar import searchable


async def suggestions(reading: Reading, text: str, kinds: Collection[str], limit: int) -> dict[str, Any]:
    searches: list[tuple[str, Mapping[str, Any]]] = []
    if searchable(text):
        if TICKET in kinds and not reading.caller.is_anonymous:
            searches.append((TICKETS.name, ticket_queries.suggest_body(text, reading.caller, limit)))
        if DOCUMENT in kinds:
            body = document_queries.suggest_body(text, reading.caller, limit, reading.locales)
            searches.append((DOCUMENTS.name, body))
    for model, _ in searches:
        await reading.searchable(model)
    answers = await reading.services.search.multi_search(searches) if searches else []
    return {
        "items": [
            _item(hit["_source"]) for answer in answers for hit in seen_hits(reading.caller, sees_either, answer.hits)
        ],
        "next": None,
        "prev": None,
        "complete": all(answer.complete for answer in answers),
    }


def _item(source: Mapping[str, Any]) -> dict[str, Any]:
    is_ticket = kind_of(source) == TICKET
    return {
        "kind": TICKET if is_ticket else DOCUMENT,
        "id": source["id"],
        "title": source["subject"] if is_ticket else source["title"],
        "number": source.get("number"),
        "status": source.get("status"),
        "slug": source.get("slug"),
        "locale": source.get("locale"),
    }
