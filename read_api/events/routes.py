from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Annotated, Any, Dict, Optional, Union

from fastapi import APIRouter, Header
from fastapi import Query as Parameter
from fastapi import Response

from read_api.context import Caller
from read_api.events.log import EventId
from read_api.events.shown import NAMES, Interest
from read_api.events.subscription import END, READY, RESYNC, Subscription
from read_api.long_answers import LongAnswer
from read_api.reading import SignedInReading
from runtime.bearer import required_token
from runtime.parameters import StrictParametersRoute

EVENT_STREAM = "text/event-stream"
# A process that has just started asks Redis what there is.
KNOWN_WAIT_S = 2.0
_EVENT_ID = re.compile(r"([0-9]{1,15})-([0-9]{1,19})")
_RESOURCES = "ticket|document|presence"
_EXAMPLE = """retry: 2000
event: ready
id: 1767225600000-0
data: {}

event: message.added
data: {"id":"0199a0c4-3c51-7d2e-8f0b-5d1c2a7e9b10","ticket_id":"0199a0c4-1f00-7a3b-9c4d-6e5f70819203","version":4}

event: ticket.changed
id: 1767225603127-0
data: {"id":"0199a0c4-1f00-7a3b-9c4d-6e5f70819203","version":4}

: heartbeat
id: 1767225615000-0

"""
_EVENT = {
    "description": "One of the events of the stream",
    "type": "object",
    "properties": {
        "event": {"enum": [*NAMES, READY, RESYNC, END]},
        "id": {"type": "string", "description": "To come back to: Last-Event-ID"},
        "data": {"type": "string", "description": "JSON: id and version of what changed"},
        "retry": {"type": "integer", "description": "After so many ms a client comes back"},
    },
    "required": ["event", "data"],
}
_ANSWERS: Dict[Union[int, str], Dict[str, Any]] = {
    200: {
        "description": "Events, for as long as the caller listens and is signed in",
        "content": {
            EVENT_STREAM: {
                "schema": _EVENT,
                "examples": {"stream": {"summary": "As it is sent", "value": _EXAMPLE}},
            }
        },
    },
}

router = APIRouter(prefix="/v1", tags=["events"], route_class=StrictParametersRoute)


@router.get("/events", operation_id="stream_events", response_class=Response, responses=_ANSWERS)
async def stream_events(
    reading: SignedInReading,
    types: Annotated[
        str,
        Parameter(
            pattern=f"^({_RESOURCES})(,({_RESOURCES}))*$",
            max_length=100,
            description="Of which resources, comma-separated; presence: who is on tickets, for staff",
            examples=["ticket"],
        ),
    ] = "ticket,document",
    ticket: Annotated[
        Optional[str],
        Parameter(
            pattern="^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
            description="Only of the ticket with this id",
        ),
    ] = None,
    last_event_id: Annotated[
        Optional[str],
        Parameter(
            max_length=64, description="Like the header, for clients that cannot send one; the header counts more"
        ),
    ] = None,
    follow: Annotated[bool, Parameter(description="false: the answer ends when all that was kept is sent")] = True,
    last_event_id_header: Annotated[
        Optional[str],
        Header(
            alias="Last-Event-ID",
            max_length=64,
            description="The last id that was heard: what came after it is sent first",
        ),
    ] = None,
) -> Response:
    """What changes of the tickets and documents that the caller may see, as server-sent events. Never their content.

    `ticket.changed` (opened or changed), `ticket.deleted`, `message.added`, `document.changed`, `document.deleted`:
    read the resource anew, which is then at least as new as the event. An event may come twice. `ready` comes first;
    `resync` says that events may be missing: read anew what you show. `end`: the session has ended, sign in again.
    `presence.changed`, where it is asked for: of the `ticket`, or of those that the caller is on; not told afterwards.
    """
    services = reading.services
    await services.events.until_known(KNOWN_WAIT_S)
    token, caller_id = required_token(reading.request.scope), str(reading.caller.user_id)

    async def who_now() -> Caller:
        return await services.identifier.caller(token, datetime.now(timezone.utc))

    async def done() -> None:
        services.event_streams.free(caller_id)

    interest = Interest(frozenset(types.split(",")), None if ticket is None else ticket.lower())
    heard = last_event_id_header or last_event_id
    headers = await reading.freshness_headers()
    subscription = Subscription(services.events, reading.caller, who_now, interest, services.heartbeat_s)
    pieces = subscription.blocks(_event_id(heard), heard is not None, follow=follow)
    services.event_streams.take(caller_id)
    return LongAnswer(pieces, done, headers, EVENT_STREAM)


def _event_id(text: str | None) -> EventId | None:
    found = None if text is None else _EVENT_ID.fullmatch(text)
    return None if found is None else EventId(int(found[1]), int(found[2]))
