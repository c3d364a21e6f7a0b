"""Who a request speaks for. The token proves the person; what they may do is what was last committed about them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from read_api.context import ANONYMOUS, Caller
from read_api.early import AskedEarly
from read_api.stores.redis import LookupStore
from runtime.api_tokens import ApiTokenUses, KnownApiTokens, hash_of, is_api_token
from runtime.bearer import unauthorized
from runtime.principal import ApiTokenGrant, Principal
from runtime.tokens import READ_API, AccessTokens

# Somebody who was created a moment ago, past the command API, signs in before they are known.
NEW_USER_WAIT_S = 1.0
PAUSE_S = 0.05


class _Found(NamedTuple):
    principal: Principal
    # Access records. None: not known yet.
    user: Mapping[str, Any] | None
    organization: Mapping[str, Any] | None


class Identifier:
    """Without Redis nobody can say whether a right was taken away, or a session has ended: nobody is let in."""

    def __init__(
        self, tokens: AccessTokens, api_tokens: KnownApiTokens, uses: ApiTokenUses, lookup: LookupStore
    ) -> None:
        self._tokens = tokens
        self._api_tokens = api_tokens
        self._uses = uses
        self._lookup = lookup

    async def caller(self, token: str | None, at: datetime, asked: AskedEarly | None = None) -> Caller:
        """`asked`: what was asked about the caller already."""
        if token is None:
            return ANONYMOUS
        until = time.monotonic() + NEW_USER_WAIT_S
        while True:
            if is_api_token(token):
                found = await self._by_api_token(token, at)
            else:
                found, asked = await self._by_session(token, at, asked), None
            if found.user is not None or time.monotonic() >= until:
                break
            await asyncio.sleep(PAUSE_S)
        if found.user is None or not found.user["active"]:
            raise _refused()
        return caller_of(found.principal, found.user, found.organization)

    async def _by_session(self, token: str, at: datetime, asked: AskedEarly | None) -> _Found:
        principal = self._tokens.verify(token, READ_API, at)
        if asked is not None and asked.session_digest == principal.session_digest:
            answer = await self._lookup.principal(asked.answer)
        else:
            answer = await self._lookup.principal(self._lookup.ask_principal(principal))
        if not answer.live:
            raise _refused()
        return _Found(principal, answer.user, answer.organization)

    async def _by_api_token(self, token: str, at: datetime) -> _Found:
        answer = await self._lookup.api_token(hash_of(token).hex())
        grant = answer.grant
        if grant is None or grant["expires_at"] <= at.timestamp():
            self._api_tokens.forget(token)
            raise unauthorized("The API token is not valid, or no longer. Make a new one.", "token.invalid")
        api_token = ApiTokenGrant(UUID(grant["id"]), frozenset(grant["scopes"]))
        principal = Principal(UUID(grant["user_id"]), "", None, api_token)
        self._api_tokens.remember(token, principal)
        self._uses.note(api_token.id, at.timestamp())
        return _Found(principal, answer.user, answer.organization)


def caller_of(principal: Principal, user: Mapping[str, Any], organization: Mapping[str, Any] | None) -> Caller:
    return Caller(
        user_id=principal.user_text,
        role=user["role"],
        organization_id=user["organization_id"],
        organization_shares=organization is not None and organization["shares_tickets"],
        group_ids=tuple(user["group_ids"]),
        ticket_access=user["ticket_access"],
        locale=user["locale"],
        scopes=None if principal.api_token is None else principal.api_token.scopes,
    )


def _refused() -> Exception:
    return unauthorized("The session has ended. Sign in again.", "token.invalid")
