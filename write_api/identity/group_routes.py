from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from runtime.json_body import StrictJSONRoute
from write_api.http.commands import Changing, Creating
from write_api.http.documentation import changed, created
from write_api.http.schemas import Saved
from write_api.identity.commands import ChangeGroup, ChangeOrganization, CreateGroup, CreateOrganization
from write_api.identity.schemas import (
    ChangeGroupBody,
    ChangeOrganizationBody,
    CreateGroupBody,
    CreateOrganizationBody,
)

router = APIRouter(prefix="/v1", tags=["identity"], route_class=StrictJSONRoute)


@router.post("/groups", status_code=201, response_model=Saved, responses=created(409))
async def create_group(body: CreateGroupBody, send: Creating) -> Response:
    """A team of agents that tickets can be given to. For admins."""
    return await send(CreateGroup(body.name, body.description or ""))


@router.patch("/groups/{group_id}", response_model=Saved, responses=changed(409))
async def change_group(group_id: UUID, body: ChangeGroupBody, send: Changing) -> Response:
    return await send(ChangeGroup(group_id, body.changes()))


@router.post("/organizations", status_code=201, response_model=Saved, responses=created(409))
async def create_organization(body: CreateOrganizationBody, send: Creating) -> Response:
    """A customer's company. If it shares tickets, its people read each other's."""
    return await send(CreateOrganization(body.name, tuple(body.domains or ()), body.shares_tickets))


@router.patch(
    "/organizations/{organization_id}",
    response_model=Saved,
    responses=changed(409),
)
async def change_organization(organization_id: UUID, body: ChangeOrganizationBody, send: Changing) -> Response:
    return await send(ChangeOrganization(organization_id, body.changes()))
