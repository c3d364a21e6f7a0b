"""Parameters -> Elasticsearch bodies for documents and categories. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from read_api.context import Caller
from read_api.knowledge.fields import ALL_COUNT, FACETS, fields_for
from read_api.knowledge.visibility import DECIDING, TEXT, documents_seen_by, drafts_seen_by
from read_api.search.facets import facet_aggregations
from read_api.search.highlights import highlight_body
from read_api.search.reach import Reach
from read_api.search.text import text_clauses, typed_match
from read_models.documents import DOCUMENTS, LIST_FIELDS
from runtime.search.fields import Clause, Names, any_of
from runtime.search.filters import Filters, comparison_clauses, filter_clauses
from runtime.search.grammar import Query

SOURCE = list(LIST_FIELDS)
INDEX_ONLY = list(DOCUMENTS.index_only)
# Categories and ticket fields are few and read whole.
WHOLE_CATALOG = 10_000
# More than the locales that one document can have.
ALL_LOCALES = 500


@dataclass(frozen=True)
class DocumentSearch:
    filters: Filters
    query: Query = Query()
    names: Names = Names()
    # The asked categories with all below them; None: any.
    category_ids: Sequence[str] | None = None
    languages: Sequence[str] = ()
    facets: Sequence[str] = ()
    highlight: bool = False
    reach: Reach = Reach.TYPED
    # Of what agents work on, not of what is published.
    drafts: bool = False


def search_body(search: DocumentSearch, caller: Caller) -> dict[str, Any]:
    fields = fields_for(caller)
    wanted, unwanted = comparison_clauses(search.query.comparisons, fields, search.names, ALL_COUNT)
    must, should, must_not = text_clauses(search.query, TEXT, languages=search.languages, reach=search.reach)
    body: dict[str, Any] = {
        "query": {
            "bool": {
                "filter": [*_scope(search, caller), *filter_clauses(search.filters, fields, search.names), *wanted],
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
        body["highlight"] = highlight_body(list(TEXT.folded))
    return body


def list_body(search: DocumentSearch, caller: Caller) -> dict[str, Any]:
    clauses = [*_scope(search, caller), *filter_clauses(search.filters, fields_for(caller), search.names)]
    return {"query": {"bool": {"filter": clauses}}, "_source": SOURCE, "track_total_hits": False}


def locales_body(id_or_slug: str, caller: Caller, *, drafts: bool = False) -> dict[str, Any]:
    """Every locale of one document that the caller may see."""
    seen = drafts_seen_by(caller) if drafts else documents_seen_by(caller)
    named = any_of([{"term": {"id": id_or_slug.lower()}}, {"term": {"slug": id_or_slug}}])
    return {
        "query": {"bool": {"filter": [named, *seen]}},
        "_source": {"excludes": INDEX_ONLY},
        "size": ALL_LOCALES,
        "sort": [{"locale": "asc"}],
        "track_total_hits": False,
    }


def version_body(document_id: str, locale: str, number: int) -> dict[str, Any]:
    """The moment when this text was written. Who may see it was asked of the document."""
    wanted = {"aggregate_type": "document", "aggregate_id": document_id, "locale": locale, "number": number}
    return {
        "query": {"bool": {"filter": [{"term": {name: value}} for name, value in wanted.items()]}},
        "_source": ["body"],
        "size": 1,
        "track_total_hits": False,
    }


def catalog_body(kind: str) -> dict[str, Any]:
    return {
        "query": {"bool": {"filter": [{"term": {"kind": kind}}]}},
        "sort": [{"position": {"order": "asc", "missing": "_last"}}, {"id": "asc"}],
        "size": WHOLE_CATALOG,
        "track_total_hits": False,
    }


def suggest_body(text: str, caller: Caller, limit: int, locales: Sequence[str]) -> dict[str, Any]:
    return {
        "query": {
            "bool": {
                "filter": documents_seen_by(caller),
                "must": [typed_match("title", text)],
                "should": [
                    {"match_phrase": {"title": text}},
                    {"terms": {"locale": list(locales), "boost": 5}},
                ],
            }
        },
        "_source": ["id", "slug", "locale", "title", *DECIDING],
        "size": limit,
        "track_total_hits": False,
    }


def _scope(search: DocumentSearch, caller: Caller) -> list[Clause]:
    seen = drafts_seen_by(caller) if search.drafts else documents_seen_by(caller)
    if search.category_ids is None:
        return seen
    return [*seen, {"terms": {"category_id": list(search.category_ids)}}]
