from fastapi import APIRouter
from starlette.responses import Response

from domain.operations.read_models import ReadModelName
from runtime.json_body import StrictJSONRoute
from write_api.http.commands import Creating
from write_api.http.documentation import begun
from write_api.operations.commands import PauseRebuild, RequestRebuild, ResumeRebuild, RollBackRebuild
from write_api.operations.schemas import RebuildAccepted, RebuildBody

router = APIRouter(prefix="/v1/rebuilds", tags=["operations"], route_class=StrictJSONRoute)


@router.post("", status_code=202, response_model=RebuildAccepted, responses=begun(409))
async def request_rebuild(body: RebuildBody, send: Creating) -> Response:
    """Has a read model built anew beside the live one, which serves until the new one is complete and checked.

    For admins. `GET /v1/freshness` of the query API says how far it is.
    """
    return await send(RequestRebuild(body.read_model))


@router.post("/{projection}/pause", status_code=202, response_model=RebuildAccepted, responses=begun(404, 409))
async def pause_rebuild(projection: ReadModelName, send: Creating) -> Response:
    """Lets a rebuild wait, also over restarts. Changes still go to both indices. For admins."""
    return await send(PauseRebuild(projection))


@router.post("/{projection}/resume", status_code=202, response_model=RebuildAccepted, responses=begun(404, 409))
async def resume_rebuild(projection: ReadModelName, send: Creating) -> Response:
    """Lets a rebuild go on that is paused or was interrupted. For admins."""
    return await send(ResumeRebuild(projection))


@router.post("/{projection}/rollback", status_code=202, response_model=RebuildAccepted, responses=begun(404, 409))
async def roll_back_rebuild(projection: ReadModelName, send: Creating) -> Response:
    """Goes back to the index that served before the last rebuild. For admins.

    Nothing that was written since is lost: it is put right in that index first.
    """
    return await send(RollBackRebuild(projection))
