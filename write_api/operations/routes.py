from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from runtime.json_body import StrictJSONRoute
from runtime.types import MAX_BIGINT
from write_api.http.commands import Creating
from write_api.http.documentation import begun
from write_api.operations.commands import ReplayDeadLetter, ReplayDeadLetters
from write_api.operations.schemas import ReplayBody, Replayed

router = APIRouter(prefix="/v1", tags=["operations"], route_class=StrictJSONRoute)
LetterId = Annotated[int, Path(ge=1, le=MAX_BIGINT, description="As GET /v1/dead-letters of the query API names it")]


@router.post("/dead-letters/{letter_id}/replay", status_code=202, response_model=Replayed, responses=begun(404))
async def replay_dead_letter(letter_id: LetterId, send: Creating) -> Response:
    """Projects one dead document once more. For admins."""
    return await send(ReplayDeadLetter(letter_id))


@router.post("/dead-letters/replay", status_code=202, response_model=Replayed, responses=begun())
async def replay_dead_letters(body: ReplayBody, send: Creating) -> Response:
    """Projects all dead documents once more, or those of one read model. For admins."""
    return await send(ReplayDeadLetters(body.projection))
