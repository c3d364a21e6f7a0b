from __future__ import annotations

from typing import Annotated, List, Literal, Optional

from fastapi import APIRouter
from fastapi import Query as Parameter
from fastapi import Response

from read_api.reading import AnyReading
from read_api.search.both import DOCUMENT, TICKET
from read_api.search.everything import Question, everything
from read_api.search.parameters import DEFAULT_LIMIT, Cursor, Limit, SearchText, TypedText, parsed_query
from read_api.search.schemas import SearchResult, SuggestionList
from read_api.search.suggestions import suggestions
from runtime.parameters import StrictParametersRoute
from runtime.search.filters import Filters

router = APIRouter(prefix="/v1", tags=["search"], route_class=StrictParametersRoute)
Kinds = Annotated[Optional[List[Literal["ticket", "document"]]], Parameter(description="Without it: both")]
MAX_SUGGESTIONS = 20
DEFAULT_SUGGESTIONS = 5


@router.get("/search", operation_id="search_everything", response_model=SearchResult)
async def search_everything(
    reading: AnyReading,
    q: SearchText = None,
    kind: Kinds = None,
    tag: Annotated[Optional[List[str]], Parameter(max_length=255)] = None,
    locale: Annotated[Optional[List[str]], Parameter(max_length=35)] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """Tickets and published documents together, best first. Without signing in: documents only.

    A field that only one of them has (`status:open`) finds only that one. `facets.kind` counts both.
    """
    values = {name: asked for name, asked in (("tag", tag), ("locale", locale)) if asked}
    kinds = frozenset[str](kind or (TICKET, DOCUMENT))
    question = Question(q or "", parsed_query(q), kinds, Filters(values), limit, cursor)
    answer, mark = await everything(reading, question)
    return await reading.answer(answer, mark=mark)


@router.get("/suggest", operation_id="suggest", response_model=SuggestionList)
async def suggest(
    reading: AnyReading,
    q: TypedText = "",
    kind: Kinds = None,
    limit: Annotated[int, Parameter(ge=1, le=MAX_SUGGESTIONS, description="Of each kind")] = DEFAULT_SUGGESTIONS,
) -> Response:
    """Titles that begin with what was typed, among what the caller may see."""
    kinds = frozenset[str](kind or (TICKET, DOCUMENT))
    return await reading.answer(await suggestions(reading, q, kinds, limit))
