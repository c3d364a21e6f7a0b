"""One ticket by its id, in one round trip to Redis together with the rate limit, past the framework.

Whatever is out of the ordinary (no such ticket, not to be seen, a store away, a name missing) is left to the route,
which answers everything: this way gives the same answer sooner, or none. An answer that was given before is given again
if Redis says that the ticket and all names in it are as they were; who may see it is decided each time.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import NamedTuple

import orjson
from starlette.types import Scope

from read_api.context import STAFF, Caller
from read_api.identify import caller_of
from read_api.labels import Labels
from read_api.services import Services
from read_api.stores.redis import CountedDocument, DocumentAnswer, KnownState, parsed_label
from read_api.tickets.reader import MODEL
from read_api.tickets.remembered import RememberedTickets, ShapedTicket
from read_api.tickets.shapes import mentioned, ticket_detail
from read_api.tickets.visibility import sees_ticket
from runtime.errors import StoreUnavailable
from runtime.lane import LaneAnswer, LaneOutcome
from runtime.principal import Principal
from runtime.rate_limit import Bucket
from runtime.search.fields import is_id

PREFIX = "/v1/tickets/"
_NOTHING = KnownState()
MAX_CALLERS = 10_000


class _KnownCaller(NamedTuple):
    user: bytes
    organization: bytes | None
    caller: Caller


class TicketLane:
    route = "/v1/tickets/{ticket_id}"

    def __init__(self) -> None:
        self._tickets = RememberedTickets()
        self._callers: OrderedDict[str, _KnownCaller] = OrderedDict()

    def subject(self, scope: Scope) -> str | None:
        path: str = scope["path"]
        ticket_id = path[len(PREFIX) :]
        return ticket_id.lower() if path.startswith(PREFIX) and is_id(ticket_id) else None

    async def answer(
        self, scope: Scope, subject: str, headers: Mapping[bytes, bytes], principal: Principal, bucket: Bucket
    ) -> LaneOutcome | None:
        services: Services = scope["state"]["services"]
        # As the token says. What the person is by now comes with the answer.
        remembered = self._tickets.get((subject, principal.role in STAFF))
        known = _NOTHING if remembered is None else remembered.known
        try:
            published = await services.freshness.published()
            found = await services.lookup.counted_document(bucket, principal, MODEL, ("ticket", subject), known)
        except StoreUnavailable:
            return None
        answer: LaneAnswer | None = None
        caller = self._caller(principal, found)
        if caller is not None:
            shown = self._shown(caller, subject, found.state, found.document) if found.document else remembered
            # A role that changed since the token was made sees something else than what is remembered for it.
            same_view = found.document is not None or caller.is_staff == (principal.role in STAFF)
            if shown is not None and same_view and sees_ticket(caller, shown.deciding):
                freshness = services.freshness.header_of(published, datetime.now(timezone.utc))
                answer = shown.answer(freshness, headers.get(b"if-none-match"))
        return LaneOutcome(bool(found.allowed), found.ahead_us, answer)

    def _caller(self, principal: Principal, found: CountedDocument) -> Caller | None:
        if not found.allowed or not found.live or found.user is None:
            return None
        known = self._callers.get(principal.session_text)
        if known is None or known.user != found.user or known.organization != found.organization:
            user = parsed_label(found.user)
            if user is None or not user["active"]:
                return None
            caller = caller_of(principal, user, parsed_label(found.organization))
            known = self._callers[principal.session_text] = _KnownCaller(found.user, found.organization, caller)
            if len(self._callers) > MAX_CALLERS:
                self._callers.popitem(last=False)
        return known.caller

    def _shown(
        self, caller: Caller, ticket_id: str, state: bytes | None, document: DocumentAnswer
    ) -> ShapedTicket | None:
        source, labels = document
        if source is None or state is None or any(key not in labels for key in mentioned((source,))):
            return None
        content = orjson.dumps(ticket_detail(source, Labels(labels), caller))
        known = KnownState(state, ",".join(f"{kind}:{label_id}" for kind, label_id in labels))
        shown = ShapedTicket.of(source, content, known)
        # It begins with its digest, or nothing would say whether it has changed.
        if next(iter(source)) == "digest":
            self._tickets.put((ticket_id, caller.is_staff), shown)
        return shown
