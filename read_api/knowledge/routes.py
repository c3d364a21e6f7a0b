from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Optional

from fastapi import APIRouter, Path
from fastapi import Query as Parameter
from fastapi import Response

from read_api.knowledge.categories import tree
from read_api.knowledge.feedback import feedback_on
from read_api.knowledge.fields import FACETS, SORTS, TIES
from read_api.knowledge.parameters import Documents
from read_api.knowledge.queries import list_body
from read_api.knowledge.reader import (
    Source,
    catalog,
    categories,
    locales,
    not_found,
    published,
    version_of,
    working_copy,
)
from read_api.knowledge.schemas import (
    CategoryTree,
    Document,
    DocumentList,
    DocumentSearchResult,
    DocumentVersionList,
    DocumentVersionText,
    Feedback,
    TicketFieldList,
)
from read_api.knowledge.search import found_documents, model_of, understood
from read_api.knowledge.shapes import document_detail, document_item, mentioned, ticket_field_item, version_item
from read_api.knowledge.visibility import refuse_all_but_staff, sees_document
from read_api.reading import AnyReading, IfNoneMatch, Reading, SignedInReading
from read_api.search.facets import asked_facets
from read_api.search.parameters import (
    DEFAULT_LIMIT,
    Cursor,
    FacetNames,
    Limit,
    SearchText,
    SortBy,
    parsed_query,
    sorted_by,
)
from read_api.search.runner import Asked, list_answer, page_of
from read_api.shapes import NOT_MODIFIED
from runtime.parameters import StrictParametersRoute
from runtime.problem_schema import problem_responses
from runtime.search.sorting import RELEVANCE

router = APIRouter(prefix="/v1", tags=["knowledge"], route_class=StrictParametersRoute)
IdOrSlug = Annotated[str, Path(max_length=200, description="The id, or the name in addresses")]
Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="Versions of one locale count from 1")]
Locale = Annotated[Optional[str], Parameter(max_length=35, description="This locale, or another of its language")]


@router.get("/documents", operation_id="list_documents", response_model=DocumentList, responses=problem_responses(403))
async def list_documents(
    reading: AnyReading,
    question: Documents,
    sort: SortBy = "-updated_at",
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """Published documents that the caller may see, each locale by itself; for agents also what is being worked on."""
    search = await understood(reading, question)
    asked = Asked(
        "/v1/documents",
        model_of(question),
        sees_document,
        question.asked(),
        sorted_by(sort, SORTS, TIES),
        limit,
        cursor,
    )
    body = list_body(search, reading.caller)
    page, mark = await page_of(reading, asked, lambda _: body)
    sources = [hit["_source"] for hit in page.hits]
    labels = await reading.services.labels.read(mentioned(sources, reading.caller), reading.locales)
    items = [document_item(source, labels, reading.caller) for source in sources]
    return await reading.answer(list_answer(page, items, labels), mark=mark)


@router.get(
    "/search/documents",
    operation_id="search_documents",
    response_model=DocumentSearchResult,
    responses=problem_responses(403),
)
async def search_documents(
    reading: AnyReading,
    question: Documents,
    q: SearchText = None,
    facets: FacetNames = None,
    sort: SortBy = RELEVANCE,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """Documents that match `q` and the filters, best first. `facets` takes locale, category, tags."""
    names = asked_facets(facets, FACETS)
    asked = Asked(
        "/v1/search/documents",
        model_of(question),
        sees_document,
        {**question.asked(), "q": q or "", "facets": names},
        sorted_by(sort, {**SORTS, RELEVANCE: "_score"}, TIES),
        limit,
        cursor,
    )
    search = await understood(reading, question, parsed_query(q), names)
    answer, mark = await found_documents(reading, asked, search)
    return await reading.answer(answer, mark=mark)


@router.get("/documents/{document_id}", operation_id="get_document", response_model=Document, responses=NOT_MODIFIED)
async def get_document(
    reading: AnyReading,
    document_id: IdOrSlug,
    locale: Locale = None,
    state: Annotated[Optional[str], Parameter(pattern="^draft$", description="For agents: the working copy")] = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One document in the asked locale, else the caller's, else its own. Agents get a draft if none is published."""
    source = None if state else await published(reading, document_id, locale)
    if source is None and reading.caller.is_staff:
        source = await working_copy(reading, document_id, locale)
    if source is None:
        raise not_found()
    labels = await reading.services.labels.read(mentioned([source], reading.caller), _names_in(source))
    return await reading.answer(
        document_detail(source, labels, reading.caller),
        version=source["version"],
        if_none_match=if_none_match,
        headers={"Content-Language": source["locale"], "Vary": "Accept-Language, Authorization, Cookie"},
    )


@router.get(
    "/documents/{document_id}/versions",
    operation_id="list_document_versions",
    response_model=DocumentVersionList,
    responses=problem_responses(403),
)
async def list_versions(reading: SignedInReading, document_id: IdOrSlug, locale: Locale = None) -> Response:
    """Every version of the text, newest first. For agents."""
    refuse_all_but_staff(reading.caller)
    found = [
        source for source in await locales(reading, document_id, drafts=True) if locale in (None, source["locale"])
    ]
    if not found:
        raise not_found()
    revisions = [(source["locale"], revision) for source in found for revision in source["revisions"]]
    revisions.sort(key=lambda pair: (pair[1]["created_at"], pair[1]["number"]), reverse=True)
    labels = await reading.services.labels.read({("user", revision["author_id"]) for _, revision in revisions})
    return await reading.answer(_whole([version_item(revision, in_, labels) for in_, revision in revisions]))


@router.get(
    "/documents/{document_id}/versions/{number}",
    operation_id="get_document_version",
    response_model=DocumentVersionText,
    responses=problem_responses(403),
)
async def get_version(
    reading: SignedInReading, document_id: IdOrSlug, number: Number, locale: Locale = None
) -> Response:
    """One version of the text, to compare it or to take it up again. For agents."""
    source = await _copy_for_staff(reading, document_id, locale)
    revision, body = await version_of(reading, source, number)
    labels = await reading.services.labels.read({("user", revision["author_id"])})
    return await reading.answer({**version_item(revision, source["locale"], labels), "body": body})


@router.get(
    "/documents/{document_id}/feedback",
    operation_id="list_document_feedback",
    response_model=Feedback,
    responses=problem_responses(403),
)
async def list_feedback(
    reading: SignedInReading,
    document_id: IdOrSlug,
    locale: Annotated[Optional[str], Parameter(max_length=35, description="Of the text that was read")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """How many readers the article helped, and the comments of those whom it did not. For agents."""
    source = await _copy_for_staff(reading, document_id, None)
    return await reading.answer(await feedback_on(reading, source["id"], locale, limit, cursor))


async def _copy_for_staff(reading: Reading, document_id: str, locale: str | None) -> Source:
    refuse_all_but_staff(reading.caller)
    source = await working_copy(reading, document_id, locale)
    if source is None:
        raise not_found()
    return source


@router.get("/categories", operation_id="list_categories", response_model=CategoryTree)
async def list_categories(reading: AnyReading, locale: Locale = None) -> Response:
    """The whole tree, each level in its order."""
    wanted = (*([locale] if locale else ()), *reading.locales)
    return await reading.answer(_whole(tree(await categories(reading), wanted)))


@router.get("/ticket-fields", operation_id="list_ticket_fields", response_model=TicketFieldList)
async def list_ticket_fields(reading: SignedInReading) -> Response:
    """Definitions of the custom fields that tickets can have."""
    fields = sorted(await catalog(reading, "ticket_field"), key=lambda field: str(field["key"]))
    return await reading.answer(_whole([ticket_field_item(field) for field in fields]))


def _names_in(source: Source) -> tuple[str, ...]:
    """The category of a document is named in the document's language."""
    return source["locale"], source["default_locale"]


def _whole(items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"items": items, "next": None, "prev": None, "complete": True}
