from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from runtime.json_body import StrictJSONRoute
from write_api.http.commands import Changing, Creating
from write_api.http.documentation import changed, created
from write_api.tickets.commands import ChangeTicketField, CreateTicketField
from write_api.tickets.schemas import ChangeTicketFieldBody, CreateTicketFieldBody, TicketFieldSaved

router = APIRouter(prefix="/v1/ticket-fields", tags=["tickets"], route_class=StrictJSONRoute)


@router.post("", status_code=201, response_model=TicketFieldSaved, responses=created(409))
async def create_ticket_field(body: CreateTicketFieldBody, send: Creating) -> Response:
    """Defines a custom field; its key and type are final. For admins."""
    return await send(CreateTicketField(body.key, body.label, body.type, tuple(body.options or ())))


@router.patch("/{field_id}", response_model=TicketFieldSaved, responses=changed(409))
async def change_ticket_field(field_id: UUID, body: ChangeTicketFieldBody, send: Changing) -> Response:
    return await send(ChangeTicketField(field_id, body.changes()))
