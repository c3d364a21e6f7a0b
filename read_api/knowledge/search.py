"""Finds documents: categories below the asked ones, the search, the labels."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from read_api.knowledge.categories import descendants
from read_api.knowledge.fields import FACET_LABELS, fields_for
from read_api.knowledge.parameters import DocumentQuestion
from read_api.knowledge.queries import DocumentSearch, search_body
from read_api.knowledge.reader import categories
from read_api.knowledge.shapes import document_item, mentioned
from read_api.knowledge.visibility import TEXT
from read_api.labels import Labels
from read_api.locales import DEFAULT_LANGUAGES, languages
from read_api.paging import Mark, Page
from read_api.reading import Reading
from read_api.search.facets import facet_ids
from read_api.search.highlights import named_highlights
from read_api.search.inflected import highlight_inflected
from read_api.search.people import names_meant
from read_api.search.runner import Asked, facet_answer, list_answer, page_of
from read_api.search.stopwords import split
from read_models.documents import DOCUMENT_DRAFTS, DOCUMENTS
from runtime.problems import ProblemError
from runtime.search.fields import typed_names
from runtime.search.grammar import Query

HIGHLIGHT_NAMES = {"title": "title", "title_stemmed": "title", "text_all": "body", "text": "body"}


def model_of(question: DocumentQuestion) -> str:
    return DOCUMENT_DRAFTS.name if question.draft_states else DOCUMENTS.name


async def understood(
    reading: Reading, question: DocumentQuestion, query: Query = Query(), facets: tuple[str, ...] = ()
) -> DocumentSearch:
    """A search with every category and name in it looked up."""
    if question.draft_states and not reading.caller.is_staff:
        raise ProblemError(403, "document.drafts_forbidden", "Only agents see documents that are not published.")
    typed = typed_names(query, fields_for(reading.caller))
    names = await names_meant(reading.services.search, reading.caller, typed)
    below = descendants(await categories(reading), question.categories) if question.categories else None
    spoken = languages((*question.filters.values.get("locale", ()), *reading.locales)) or DEFAULT_LANGUAGES
    return DocumentSearch(
        question.filters, query, names, below, spoken, facets, highlight=True, drafts=bool(question.draft_states)
    )


async def found_documents(reading: Reading, asked: Asked, search: DocumentSearch) -> tuple[dict[str, Any], Mark | None]:
    page, mark = await page_of(
        reading,
        asked,
        lambda reach: search_body(replace(search, reach=reach), reading.caller),
        search.query.required_words,
    )
    sources = [hit["_source"] for hit in page.hits]
    ids = [*mentioned(sources, reading.caller), *facet_ids(page.found.aggregations, FACET_LABELS)]
    labels = await reading.labels(ids)
    facets = facet_answer(search.facets, page.found.aggregations, FACET_LABELS, labels)
    items = await document_hits(reading, page, search, labels)
    return {**list_answer(page, items, labels), "total": page.found.total, "facets": facets}, mark


async def document_hits(reading: Reading, page: Page, search: DocumentSearch, labels: Labels) -> list[dict[str, Any]]:
    hits = [hit for hit in page.hits if "slug" in hit["_source"]]
    model = DOCUMENT_DRAFTS.name if search.drafts else DOCUMENTS.name
    words, _ = split(search.query.required_words, search.languages)
    await highlight_inflected(reading, model, words, hits, TEXT.stemmed)
    return [
        {
            **document_item(hit["_source"], labels, reading.caller),
            "highlights": named_highlights(hit.get("highlight", {}), HIGHLIGHT_NAMES),
        }
        for hit in hits
    ]
