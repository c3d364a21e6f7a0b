"""One ticket by its id, in one round trip to Redis together with the rate limit, past the framework.

Whatever is out of the ordinary (no such ticket, not to be seen, a store away, a name missing, a write to wait for) is
left to the route, which answers everything: this way gives the same answer sooner, or none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone

import orjson
from starlette.types import Scope

from read_api.identify import caller_of
from read_api.labels import Labels
from read_api.reading import JSON, version_headers
from read_api.search.fields import is_id
from read_api.services import Services
from read_api.tickets.reader import MODEL
from read_api.tickets.shapes import mentioned, ticket_detail
from read_api.tickets.visibility import sees_ticket
from runtime.errors import StoreUnavailable
from runtime.lane import LaneAnswer
from runtime.principal import Principal
from runtime.redis_line import Answer

PREFIX = "/v1/tickets/"
ROUTE = "/v1/tickets/{ticket_id}"
# Of requests that want more than the ticket as it is known now, or send more than a question.
_OUT_OF_THE_ORDINARY = frozenset((b"consistency-token", b"prefer", b"content-length", b"transfer-encoding", b"expect"))
_JSON = JSON.encode()


class TicketLane:
    def begin(self, scope: Scope, principal: Principal) -> TicketRequest | None:
        path: str = scope["path"]
        if scope["query_string"] or not path.startswith(PREFIX) or not is_id(path[len(PREFIX) :]):
            return None
        known_tag: str | None = None
        for name, value in scope["headers"]:
            if name in _OUT_OF_THE_ORDINARY:
                return None
            if name == b"if-none-match":
                if known_tag is not None:
                    return None
                known_tag = value.decode("latin-1")
        services: Services = scope["state"]["services"]
        ticket_id = path[len(PREFIX) :].lower()
        try:
            answer = services.lookup.begin_both(principal.user_text, principal.session_text, MODEL, ticket_id)
        except StoreUnavailable:
            return None
        return TicketRequest(services, principal, answer, known_tag)


@dataclass(frozen=True)
class TicketRequest:
    services: Services
    principal: Principal
    asked: Answer
    if_none_match: str | None
    route: str = ROUTE

    async def answer(self) -> LaneAnswer | None:
        try:
            known, document = await self.services.lookup.both(self.asked)
        except StoreUnavailable:
            return None
        user, source = known.user, document.source
        if known.revoked or user is None or not user["active"] or source is None:
            return None
        caller = caller_of(self.principal, user, known.organization)
        if not sees_ticket(caller, source) or any(key not in document.labels for key in mentioned((source,))):
            return None
        content = orjson.dumps(ticket_detail(source, Labels(document.labels), caller))
        freshness = await self.services.freshness.current(datetime.now(timezone.utc))
        sent, modified = version_headers(source["version"], content, self.if_none_match)
        headers = [(b"freshness", freshness.header().encode())]
        headers += [(name.lower().encode(), value.encode()) for name, value in sent.items()]
        if not modified:
            return LaneAnswer(304, headers, b"")
        headers += [(b"content-length", str(len(content)).encode()), (b"content-type", _JSON)]
        return LaneAnswer(200, headers, content)
