"""Who a request speaks for. The token proves the person; what they may do is what was last committed about them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from read_api.context import ANONYMOUS, Caller
from read_api.stores.redis import LookupStore, PrincipalAnswer
from runtime.bearer import unauthorized
from runtime.principal import Principal
from runtime.tokens import READ_API, AccessTokens

# Somebody who was created a moment ago, past the command API, signs in before they are known.
NEW_USER_WAIT_S = 1.0
PAUSE_S = 0.05


class Identifier:
    """Without Redis nobody can say whether a right was taken away: no other store is asked, and nobody is let in."""

    def __init__(self, tokens: AccessTokens, lookup: LookupStore) -> None:
        self._tokens = tokens
        self._lookup = lookup

    async def caller(self, token: str | None, at: datetime) -> Caller:
        if token is None:
            return ANONYMOUS
        principal = self._tokens.verify(token, READ_API, at)
        until = time.monotonic() + NEW_USER_WAIT_S
        while True:
            answer = await self._known(principal)
            if answer.user is not None or time.monotonic() >= until:
                break
            await asyncio.sleep(PAUSE_S)
        if answer.user is None or not answer.user["active"]:
            raise _refused()
        return caller_of(principal, answer.user, answer.organization)

    async def _known(self, principal: Principal) -> PrincipalAnswer:
        answer = await self._lookup.principal(principal.user_text, principal.session_text)
        if answer.revoked:
            raise _refused()
        return answer


def caller_of(principal: Principal, user: Mapping[str, Any], organization: Mapping[str, Any] | None) -> Caller:
    return Caller(
        user_id=principal.user_text,
        role=user["role"],
        organization_id=user["organization_id"],
        organization_shares=organization is not None and organization["shares_tickets"],
        group_ids=tuple(user["group_ids"]),
        ticket_access=user["ticket_access"],
        locale=user["locale"],
        session_id=principal.session_text,
    )


def _refused() -> Exception:
    return unauthorized("The session has ended. Sign in again.", "token.invalid")
