from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from write_api.http.commands import Adding, Changing, Creating, Stepping
from write_api.http.documentation import changed, created, removed, stepped
from write_api.http.route import CommandRoute
from write_api.tickets.commands import AddMessage, ChangeTicket, ChangeTicketStatus, DeleteTicket, OpenTicket
from write_api.tickets.schemas import (
    AddMessageBody,
    ChangeStatusBody,
    ChangeTicketBody,
    MessageAdded,
    OpenTicketBody,
    TicketChanged,
    TicketOpened,
    TicketStatusChanged,
)

router = APIRouter(prefix="/v1/tickets", tags=["tickets"], route_class=CommandRoute)


@router.post("", status_code=201, response_model=TicketOpened, responses=created(409))
async def open_ticket(body: OpenTicketBody, send: Creating) -> Response:
    """Opens a ticket with its first message. Customers open tickets for themselves, agents for anybody."""
    return await send(OpenTicket(body.said()))


@router.patch("/{ticket_id}", response_model=TicketChanged, responses=changed(409))
async def change_ticket(ticket_id: UUID, body: ChangeTicketBody, send: Changing) -> Response:
    return await send(ChangeTicket(ticket_id, body.changes()))


@router.delete("/{ticket_id}", status_code=204, responses=removed(409))
async def delete_ticket(ticket_id: UUID, send: Changing) -> Response:
    """Removes the ticket and its messages for good; its history stays. For admins."""
    return await send(DeleteTicket(ticket_id))


@router.post(
    "/{ticket_id}/messages",
    status_code=201,
    response_model=MessageAdded,
    responses=created(404, 409, 412),
)
async def add_message(ticket_id: UUID, body: AddMessageBody, send: Adding) -> Response:
    """Answers publicly, or adds an internal note. A customer's message reopens a solved ticket."""
    return await send(AddMessage(ticket_id, body.body, body.visibility, tuple(body.attachment_ids or ())))


@router.post(
    "/{ticket_id}/status",
    response_model=TicketStatusChanged,
    responses=stepped(),
)
async def change_ticket_status(ticket_id: UUID, body: ChangeStatusBody, send: Stepping) -> Response:
    """Takes one step; a step that is not possible is refused with those that are."""
    return await send(ChangeTicketStatus(ticket_id, body.status))
