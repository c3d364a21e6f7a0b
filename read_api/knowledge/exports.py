from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Response

from read_api.exports.answer import FormatName, answers, export
from read_api.exports.walk import Exported
from read_api.knowledge.fields import SORTS, TIES
from read_api.knowledge.parameters import Documents
from read_api.knowledge.queries import search_body
from read_api.knowledge.schemas import DocumentItem
from read_api.knowledge.search import model_of, understood
from read_api.knowledge.shapes import document_item, mentioned
from read_api.knowledge.visibility import sees_document, sees_draft
from read_api.reading import AnyReading
from read_api.search.parameters import SearchText, SortBy, parsed_query, sorted_by
from runtime.parameters import StrictParametersRoute
from runtime.problem_schema import problem_responses

# Before the router that takes `export` for the slug of a document.
router = APIRouter(prefix="/v1", tags=["knowledge"], route_class=StrictParametersRoute)
_LINES = (
    '{"id": "0199a0c4-1f00-7a3b-9c4d-6e5f70819203", "slug": "reset-your-password", …}\n{"complete": true, "count": 1}\n'
)
_ROWS = "id,version,slug,…\r\n0199a0c4-1f00-7a3b-9c4d-6e5f70819203,3,reset-your-password,…\r\n#complete,1\r\n"


@router.get(
    "/documents/export",
    operation_id="export_documents",
    response_class=Response,
    responses={**answers(_LINES, _ROWS), **problem_responses(403)},
)
async def export_documents(
    reading: AnyReading,
    question: Documents,
    q: SearchText = None,
    sort: SortBy = "-updated_at",
    format: FormatName = "jsonl",
) -> Response:
    """All documents that lists and searches find with these filters and `q`, as items of lists, from one point in time.

    The last line is `{"complete": true, "count": …}`, of CSV `#complete,…`: what ends otherwise was broken off.
    """
    keys, caller = sorted_by(sort, SORTS, TIES), reading.caller
    search = replace(await understood(reading, question, parsed_query(q)), highlight=False)
    exported = Exported(
        model=model_of(question),
        keys=keys,
        body=lambda reach: search_body(replace(search, reach=reach), caller),
        words=search.query.required_words,
        sees=sees_draft if search.drafts else sees_document,
        mentioned=lambda sources: list(mentioned(sources, caller)),
        item=lambda source, labels: document_item(source, labels, caller),
    )
    return await export(reading, exported, DocumentItem, format, "documents")
