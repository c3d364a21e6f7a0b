from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from runtime.json_body import StrictJSONRoute
from runtime.presence import Activity
from runtime.problem_schema import problem_responses
from write_api.http.commands import Asking, Send
from write_api.services import services_of
from write_api.tickets.commands import ShowPresence
from write_api.tickets.schemas import ShowPresenceBody

router = APIRouter(prefix="/v1/tickets", tags=["tickets"], route_class=StrictJSONRoute)
_ANSWERS = problem_responses(403, 404)

Tab = Annotated[
    str | None,
    Query(
        pattern="^[A-Za-z0-9_-]{1,64}$",
        description="Which of the caller's windows, for callers with several; of each a ticket keeps 5",
        examples=["a3f1"],
    ),
]


@router.put("/{ticket_id}/presence", status_code=204, responses=_ANSWERS)
async def show_presence(
    ticket_id: UUID, body: ShowPresenceBody, request: Request, send: Asking, tab: Tab = None
) -> Response:
    """Says that the caller is on the ticket. It is over after 30 s unless it is said again, best every 12 s.

    For agents and admins. It is no change of the ticket: no history, no version, and gone with Redis.
    """
    return await _said(request, send, ticket_id, tab, body.activity)


@router.delete("/{ticket_id}/presence", status_code=204, responses=_ANSWERS)
async def end_presence(ticket_id: UUID, request: Request, send: Asking, tab: Tab = None) -> Response:
    """Says that the caller has left the ticket, or only this window of it."""
    return await _said(request, send, ticket_id, tab, None)


async def _said(request: Request, send: Send, ticket_id: UUID, tab: str | None, activity: Activity | None) -> Response:
    allowed = await send.outcome(ShowPresence(ticket_id))
    assert allowed.body is not None
    await services_of(request).presence.say(ticket_id, send.principal, tab, activity, allowed.body)
    return Response(status_code=204)
