"""Who is on a ticket at this moment, from Redis alone."""

from __future__ import annotations

from fastapi import APIRouter, Response

from read_api.reading import SignedInReading
from read_api.tickets.reader import ticket
from read_api.tickets.routes import IdOrNumber
from read_api.tickets.schemas import Presence
from read_api.tickets.visibility import sees_presence
from runtime.parameters import StrictParametersRoute
from runtime.problem_schema import problem_responses
from runtime.problems import ProblemError

MAX_SHOWN = 20

router = APIRouter(prefix="/v1", tags=["tickets"], route_class=StrictParametersRoute)


@router.get(
    "/tickets/{ticket_id}/presence",
    operation_id="get_ticket_presence",
    response_model=Presence,
    responses=problem_responses(403),
)
async def get_presence(reading: SignedInReading, ticket_id: IdOrNumber) -> Response:
    """Who is on the ticket, and who types. For agents and admins; `presence.changed` events say when to ask anew.

    What nobody says again is over after `for_ms`, and that no event tells.
    """
    services = reading.services
    source, _ = await ticket(reading, ticket_id)
    if not sees_presence(reading.caller, source):
        raise ProblemError(403, "ticket.forbidden", "Only agents and admins see who is on a ticket.")
    people = await services.lookup.present(source["id"])
    shown = people[:MAX_SHOWN]
    labels = await services.labels.read([("user", person.user_id) for person in shown], reading.locales)
    items = [
        {"user": labels.reference("user", person.user_id), "activity": person.activity, "for_ms": person.for_ms}
        for person in shown
    ]
    return await reading.answer({"items": items, "total": len(people), "complete": labels.complete})
