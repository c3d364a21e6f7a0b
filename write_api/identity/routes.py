from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from runtime.json_body import StrictJSONRoute
from write_api.http.commands import Changing, Creating
from write_api.http.documentation import changed, created
from write_api.http.schemas import Saved
from write_api.identity.commands import ChangeUser, CreateUser
from write_api.identity.schemas import ChangeUserBody, CreateUserBody

router = APIRouter(prefix="/v1/users", tags=["identity"], route_class=StrictJSONRoute)


@router.post("", status_code=201, response_model=Saved, responses=created(409))
async def create_user(body: CreateUserBody, send: Creating) -> Response:
    """Registers a person. Agents register customers, admins everybody."""
    return await send(
        CreateUser(
            name=body.name,
            email=body.email,
            role=body.role,
            ticket_access=body.ticket_access,
            group_ids=tuple(body.group_ids or ()),
            organization_id=body.organization_id,
            locale=body.locale,
            password=body.password,
        )
    )


@router.patch("/{user_id}", response_model=Saved, responses=changed(409))
async def change_user(user_id: UUID, body: ChangeUserBody, send: Changing) -> Response:
    """Everybody changes the own name and locale, admins change everything. A new password ends all sessions."""
    changes = body.changes()
    password = changes.pop("password", None)
    return await send(ChangeUser(user_id, changes, password))
