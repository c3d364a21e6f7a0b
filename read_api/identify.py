"""Who a request speaks for. The token proves the person; what they may do is what was last projected about them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog

from read_api.context import ANONYMOUS, Caller
from read_api.search.people import PEOPLE
from read_api.stores.es import SearchStore
from read_api.stores.redis import LookupStore
from runtime.bearer import unauthorized
from runtime.errors import StoreUnavailable
from runtime.principal import Principal
from runtime.tokens import READ_API, AccessTokens

log = structlog.get_logger(__name__)
# Somebody who was created a moment ago signs in before they are projected.
NEW_USER_WAIT_S = 1.0
PAUSE_S = 0.05


class Identifier:
    def __init__(self, tokens: AccessTokens, lookup: LookupStore, search: SearchStore) -> None:
        self._tokens = tokens
        self._lookup = lookup
        self._search = search

    async def caller(self, token: str | None, at: datetime) -> Caller:
        if token is None:
            return ANONYMOUS
        principal = self._tokens.verify(token, READ_API, at)
        until = time.monotonic() + NEW_USER_WAIT_S
        while True:
            user, organization = await self._projected(principal)
            if user is not None or time.monotonic() >= until:
                break
            await asyncio.sleep(PAUSE_S)
        if user is None or not user["active"]:
            raise _refused()
        return caller_of(principal, user, organization)

    async def _projected(self, principal: Principal) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
        user_id = principal.user_text
        try:
            answer = await self._lookup.principal(user_id, principal.session_text)
        except StoreUnavailable as failure:
            log.warning("caller_from_elasticsearch", reason=str(failure))
        else:
            if answer.revoked:
                raise _refused()
            if answer.user is not None:
                return answer.user, answer.organization
        user = await self._search.get(PEOPLE, user_id)
        if user is None or user.source["kind"] != "user":
            return None, None
        organization_id = user.source.get("organization_id")
        organization = await self._search.get(PEOPLE, organization_id) if organization_id else None
        return user.source, organization.source if organization else None


def caller_of(principal: Principal, user: Mapping[str, Any], organization: Mapping[str, Any] | None) -> Caller:
    return Caller(
        user_id=principal.user_text,
        role=user["role"],
        organization_id=user["organization_id"],
        organization_shares=organization is not None and organization["shares_tickets"],
        group_ids=tuple(user["group_ids"]),
        # What an earlier release projected does not say, and then nobody was limited.
        ticket_access=user.get("ticket_access", "all"),
        locale=user["locale"],
        session_id=principal.session_text,
    )


def _refused() -> Exception:
    return unauthorized("The session has ended. Sign in again.", "token.invalid")
