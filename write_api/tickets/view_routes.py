from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from runtime.json_body import StrictJSONRoute
from write_api.http.commands import Changing, Creating
from write_api.http.documentation import changed, created, removed
from write_api.http.schemas import Saved
from write_api.tickets.commands import ChangeView, CreateView, DeleteView
from write_api.tickets.view_schemas import ChangeViewBody, CreateViewBody

router = APIRouter(prefix="/v1/views", tags=["tickets"], route_class=StrictJSONRoute)


@router.post("", status_code=201, response_model=Saved, responses=created(409))
async def create_view(body: CreateViewBody, send: Creating) -> Response:
    """Saves a filter of the ticket list under a name, for oneself, for a group or for everybody. For agents."""
    return await send(
        CreateView(
            name=body.name,
            query={} if body.query is None else body.query.said(),
            sort=body.sort,
            shared_with=body.shared_with,
            group_id=body.group_id,
        )
    )


@router.patch("/{view_id}", response_model=Saved, responses=changed())
async def change_view(view_id: UUID, body: ChangeViewBody, send: Changing) -> Response:
    """Renames a view, shares it with others, or gives it other filters. For its owner and admins."""
    changes = body.changes()
    if body.query is not None:
        changes["query"] = body.query.said()
    return await send(ChangeView(view_id, changes))


@router.delete("/{view_id}", status_code=204, responses=removed())
async def delete_view(view_id: UUID, send: Changing) -> Response:
    """Nobody has it any more; the tickets stay."""
    return await send(DeleteView(view_id))
