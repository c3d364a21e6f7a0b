from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from runtime.json_body import StrictJSONRoute
from runtime.problem_schema import problem_responses
from write_api.http.commands import Asking, Creating
from write_api.http.documentation import accepted
from write_api.identity.commands import MoveOrganizationTickets, ShowTicketMove
from write_api.identity.schemas import MoveTicketsBody, TicketMoveProgress

router = APIRouter(prefix="/v1", tags=["identity"], route_class=StrictJSONRoute)


@router.post(
    "/organizations/{organization_id}/move-tickets",
    status_code=202,
    response_model=TicketMoveProgress,
    responses=accepted(404, 409),
)
async def move_organization_tickets(organization_id: UUID, body: MoveTicketsBody, send: Creating) -> Response:
    """Moves all tickets that the organization has now to another one, in the background. For admins.

    Its people stay, and so do tickets that are opened after this. See `Location` for how far it is.
    """
    return await send(MoveOrganizationTickets(organization_id, body.to))


@router.get("/ticket-moves/{move_id}", response_model=TicketMoveProgress, responses=problem_responses(403, 404))
async def get_ticket_move(move_id: UUID, send: Asking) -> Response:
    """How far a move of tickets is. For admins."""
    return await send(ShowTicketMove(move_id))
