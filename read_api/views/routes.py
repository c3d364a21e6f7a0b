from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from read_api.reading import SignedInReading
from read_api.search.parameters import DEFAULT_LIMIT, Cursor, Limit, sorted_by
from read_api.search.runner import Asked
from read_api.tickets.reader import MODEL
from read_api.tickets.schemas import TicketSearchResult
from read_api.tickets.search import found_tickets
from read_api.tickets.visibility import sees_ticket
from read_api.views.reader import search_of, view, views
from read_api.views.schemas import ViewList
from read_api.views.shapes import mentioned, view_item
from read_api.views.visibility import refuse_customers
from runtime.parameters import StrictParametersRoute
from runtime.problem_schema import problem_responses
from runtime.search.sorting import RELEVANCE
from runtime.search.ticket_fields import SORTS

router = APIRouter(prefix="/v1", tags=["tickets"], route_class=StrictParametersRoute)
ViewId = Annotated[str, Path(max_length=64)]


@router.get("/views", operation_id="list_views", response_model=ViewList, responses=problem_responses(403))
async def list_views(reading: SignedInReading) -> Response:
    """Saved filters of the ticket list: the own ones, and those that others share. For agents."""
    refuse_customers(reading.caller)
    found = await views(reading)
    labels = await reading.services.labels.read(set(mentioned(found)), reading.locales)
    items = [view_item(source, labels, reading.caller) for source in found]
    return await reading.answer({"items": items, "next": None, "prev": None, "complete": labels.complete})


@router.get(
    "/views/{view_id}/tickets",
    operation_id="list_view_tickets",
    response_model=TicketSearchResult,
    responses=problem_responses(403),
)
async def list_view_tickets(
    reading: SignedInReading, view_id: ViewId, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """The tickets that a view shows, of those that the caller may see; `me` in it is the caller."""
    refuse_customers(reading.caller)
    source = await view(reading, view_id)
    keys = sorted_by(source["sort"], {**SORTS, RELEVANCE: "_score"})
    # Changed, it is another question: a cursor of the one before is refused.
    question = {"view": source["id"], "version": source["version"]}
    asked = Asked("/v1/views", MODEL, sees_ticket, question, keys, limit, cursor)
    answer, mark = await found_tickets(reading, asked, await search_of(reading, source))
    return await reading.answer(answer, mark=mark)
