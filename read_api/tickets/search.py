"""Finds tickets: whom the words mean, the search, the labels, and highlights of threads too long for the ticket."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from fastapi import Response

from read_api.labels import Labels
from read_api.locales import DEFAULT_LANGUAGES, languages
from read_api.paging import Mark, Page
from read_api.reading import Reading
from read_api.search.facets import facet_ids
from read_api.search.highlights import named_highlights
from read_api.search.inflected import highlight_inflected
from read_api.search.parameters import sorted_by
from read_api.search.people import PEOPLE, names_meant
from read_api.search.reach import Reach
from read_api.search.runner import Asked, facet_answer, list_answer, page_of
from read_api.search.stopwords import split
from read_api.tickets.fields import FACET_LABELS, fields_for
from read_api.tickets.queries import TicketSearch, message_highlights_body, search_body
from read_api.tickets.questions import SearchQuestion
from read_api.tickets.shapes import mentioned, ticket_item
from read_api.tickets.visibility import sees_ticket, text_seen_by
from read_models.messages import MESSAGES
from read_models.tickets import TICKETS
from runtime.search.fields import typed_names
from runtime.search.filters import Filters
from runtime.search.grammar import Query
from runtime.search.sorting import RELEVANCE
from runtime.search.ticket_fields import SORTS

# Elasticsearch analyses no more of one text than about this many messages have.
LONG_THREAD = 200
HIGHLIGHT_NAMES = {
    "subject": "subject",
    "subject_stemmed": "subject",
    "public_all": "messages",
    "public_text": "messages",
    "internal_all": "notes",
    "internal_text": "notes",
}
_MESSAGE_HIGHLIGHT = {"public": "messages", "internal": "notes"}


async def understood(reading: Reading, query: Query, filters: Filters, facets: Sequence[str] = ()) -> TicketSearch:
    """A search with every name that a field is compared with looked up."""
    typed = typed_names(query, fields_for(reading.caller))
    spoken = languages((*filters.values.get("locale", ()), *reading.locales)) or DEFAULT_LANGUAGES
    await reading.searchable(PEOPLE)
    names = await names_meant(reading.services.search, reading.caller, typed)
    return TicketSearch(filters, query, names, None, spoken, facets, highlight=True)


async def with_people(reading: Reading, search: TicketSearch) -> TicketSearch:
    """With the people that its words name, too."""
    namesakes = reading.services.namesakes
    question = namesakes.question(reading.caller, search.query.required_words, search.languages)
    return replace(search, people=await namesakes.people(question))


async def searched(reading: Reading, question: SearchQuestion, cursor: str | None) -> Response:
    filters, names = question.filters, question.facets
    asked = Asked(
        "/v1/search/tickets",
        TICKETS.name,
        sees_ticket,
        {**filters.asked(), "q": question.text, "facets": names},
        sorted_by(question.sort, {**SORTS, RELEVANCE: "_score"}),
        question.limit,
        cursor,
    )
    answer, mark = await found_tickets(reading, asked, await understood(reading, question.query, filters, names))
    return await reading.answer(answer, mark=mark)


async def found_tickets(reading: Reading, asked: Asked, search: TicketSearch) -> tuple[dict[str, Any], Mark]:
    page, mark = await _page(reading, asked, search)
    sources = [hit["_source"] for hit in page.hits]
    ids = [*mentioned(sources), *facet_ids(page.found.aggregations, FACET_LABELS)]
    labels = await reading.labels(ids)
    items = await ticket_hits(reading, page, search, labels)
    facets = facet_answer(search.facets, page.found.aggregations, FACET_LABELS, labels)
    return {**list_answer(page, items, labels), "total": page.found.total, "facets": facets}, mark


async def _page(reading: Reading, asked: Asked, search: TicketSearch) -> tuple[Page, Mark]:
    """Most words name nobody: looks for people and tickets at once, and again where somebody was named after all."""
    words = search.query.required_words

    def body_of(search: TicketSearch) -> Callable[[Reach], Mapping[str, Any]]:
        return lambda reach: search_body(replace(search, reach=reach), reading.caller)

    namesakes = reading.services.namesakes
    if namesakes.likely(words):
        return await page_of(reading, asked, body_of(await with_people(reading, search)), words)
    question = namesakes.question(reading.caller, words, search.languages)
    found = await page_of(reading, asked, body_of(search), words, beside=question)
    people = await namesakes.people(question)
    return await page_of(reading, asked, body_of(replace(search, people=people)), words) if people else found


async def ticket_hits(reading: Reading, page: Page, search: TicketSearch, labels: Labels) -> list[dict[str, Any]]:
    hits = [hit for hit in page.hits if "number" in hit["_source"]]
    words, _ = split(search.query.required_words, search.languages)
    await highlight_inflected(reading, TICKETS.name, words, hits, text_seen_by(reading.caller).stemmed)
    highlights = {hit["_source"]["id"]: named_highlights(hit.get("highlight", {}), HIGHLIGHT_NAMES) for hit in hits}
    await _from_messages(reading, search.query, [hit["_source"] for hit in hits], highlights)
    return [
        {**ticket_item(hit["_source"], labels, reading.caller), "highlights": highlights[hit["_source"]["id"]]}
        for hit in hits
    ]


async def _from_messages(
    reading: Reading,
    query: Query,
    sources: Sequence[Mapping[str, Any]],
    highlights: Mapping[str, dict[str, list[str]]],
) -> None:
    """Fills in what the ticket as a whole did not show."""
    silent = [
        source["id"]
        for source in sources
        if source["message_count"] >= LONG_THREAD and not {"messages", "notes"} & highlights[source["id"]].keys()
    ]
    if not silent or not (query.required_words or query.phrases):
        return
    await reading.searchable(MESSAGES.name)
    body = message_highlights_body(silent, query, reading.caller)
    for hit in (await reading.services.search.search(MESSAGES.name, body)).hits:
        name = _MESSAGE_HIGHLIGHT[hit["_source"]["visibility"]]
        if "highlight" in hit:
            highlights[hit["_source"]["ticket_id"]][name] = hit["highlight"]["body"]
