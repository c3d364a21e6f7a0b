"""Who asks is looked up while the request is counted against its limit: one write to Redis and one wait, not two."""

from __future__ import annotations

from typing import NamedTuple

from starlette.types import Scope

from read_api.stores.redis import LookupStore
from runtime.errors import StoreUnavailable
from runtime.principal import Principal
from runtime.redis_line import Answer

_ASKED = "tidedesk.asked_early"


class AskedEarly(NamedTuple):
    session_digest: str
    answer: Answer


def ask_early(scope: Scope, principal: Principal) -> None:
    """API tokens are looked up by another way."""
    if principal.api_token is not None:
        return
    lookup: LookupStore = scope["state"]["services"].lookup
    try:
        answer = lookup.ask_principal(principal)
    except StoreUnavailable:
        # Whoever needs to know finds that out.
        return
    # The request may be refused before anybody wants the answer.
    answer.add_done_callback(lambda done: done.cancelled() or done.exception())
    scope[_ASKED] = AskedEarly(principal.session_digest, answer)


def asked_early(scope: Scope) -> AskedEarly | None:
    asked: AskedEarly | None = scope.get(_ASKED)
    return asked
