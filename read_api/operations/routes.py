from __future__ import annotations

from typing import Annotated, Literal, Optional

from fastapi import APIRouter, Path
from fastapi import Query as Parameter
from fastapi import Response

from read_api.operations.counts import counts
from read_api.operations.dead_letters import dead_letters
from read_api.operations.freshness import report
from read_api.operations.projections import projection
from read_api.operations.schemas import Counts, DeadLetterList, FreshnessReport, Projection
from read_api.reading import AnyReading, SignedInReading
from read_api.views.reader import counted_views
from runtime.parameters import StrictParametersRoute
from runtime.problem_schema import problem_responses
from runtime.problems import ProblemError
from runtime.search.fields import is_id

router = APIRouter(prefix="/v1", tags=["operations"], route_class=StrictParametersRoute)
# Typing's own, so that the names are in the OpenAPI document. A test holds that they are all.
ReadModelName = Literal[
    "tickets",
    "messages",
    "attachments",
    "documents",
    "document_drafts",
    "document_votes",
    "people",
    "catalog",
    "history",
    "views",
]
AggregateType = Literal["ticket", "document", "user", "group", "organization", "category", "ticket_field"]


@router.get("/counts", operation_id="count_tickets", response_model=Counts)
async def count_tickets(
    reading: SignedInReading,
    views: Annotated[bool, Parameter(description="For staff: also those of each view, 50 at most")] = False,
) -> Response:
    """Tickets by status: all that the caller may see, and the caller's own."""
    of_views = await counted_views(reading) if views and reading.caller.is_staff else None
    return await reading.answer({**await counts(reading), "views": of_views})


@router.get("/freshness", operation_id="get_freshness", response_model=FreshnessReport)
async def get_freshness(reading: AnyReading) -> Response:
    """How far everything is projected; staff see each projection."""
    freshness = await reading.services.freshness.current(reading.at)
    published = await reading.services.freshness.published() if reading.caller.is_staff else {}
    return await reading.answer(report(freshness, published))


@router.get(
    "/dead-letters",
    operation_id="list_dead_letters",
    response_model=DeadLetterList,
    responses=problem_responses(403),
)
async def list_dead_letters(
    reading: SignedInReading,
    projection: Annotated[Optional[ReadModelName], Parameter(description="Only those of this read model")] = None,
) -> Response:
    """The newest documents that could not be projected, and why. For admins.

    A letter is gone once its document was projected; `POST /v1/dead-letters/{letter_id}/replay` tries it again.
    """
    return await reading.answer(await dead_letters(reading, projection))


@router.get(
    "/projections/{type}/{id}",
    operation_id="get_projection",
    response_model=Projection,
    responses=problem_responses(403),
)
async def get_projection(
    reading: SignedInReading, type: Annotated[AggregateType, Path()], id: Annotated[str, Path(max_length=64)]
) -> Response:
    """What the stores hold of one aggregate. For staff."""
    if not reading.caller.is_staff:
        raise ProblemError(403, "projection.forbidden", "Only staff see projections.")
    found = await projection(reading, type, id.lower()) if is_id(id) else None
    if found is None:
        raise ProblemError(404, "projection.not_found", "Nothing is projected under this type and id.")
    return await reading.answer(found)
