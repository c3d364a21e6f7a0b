"""Who asks is looked up together with their limit, and not once more."""

from __future__ import annotations

import asyncio
import uuid
from datetime import datetime, timezone
from types import SimpleNamespace
from typing import Any

from read_api.early import ask_early, asked_early
from read_api.identify import Identifier
from read_api.stores.redis import LookupStore, PrincipalAnswer
from runtime.api_tokens import ApiTokenUses, KnownApiTokens
from runtime.errors import StoreUnavailable
from runtime.principal import ApiTokenGrant, Principal
from runtime.redis_line import Answer, RedisLine
from runtime.tokens import AccessTokens
from tests.unit.runtime.api import settings_of

USER: dict[str, Any] = {
    "role": "agent",
    "organization_id": None,
    "group_ids": [],
    "ticket_access": "all",
    "locale": "en",
    "active": True,
}


class Lookup(LookupStore):
    """Knows everybody, and counts how often it is asked."""

    def __init__(self) -> None:
        super().__init__(RedisLine("redis://127.0.0.1:1/0"), "desk")
        self.asked = 0
        self.is_away = False

    def ask_principal(self, who: Principal) -> Answer:
        if self.is_away:
            raise StoreUnavailable("redis", "did not answer a moment ago")
        self.asked += 1
        return asyncio.get_running_loop().create_future()

    async def principal(self, asked: Answer) -> PrincipalAnswer:
        return PrincipalAnswer(True, USER, None)


def scope_of(lookup: Lookup) -> dict[str, Any]:
    return {"state": {"services": SimpleNamespace(lookup=lookup)}}


def identifier_of(lookup: Lookup) -> Identifier:
    line = RedisLine("redis://127.0.0.1:1/0")
    return Identifier(AccessTokens(settings_of()), KnownApiTokens(), ApiTokenUses(line, "desk"), lookup)


def signed_in() -> tuple[str, Principal]:
    user_id, session_id, at = uuid.uuid4(), uuid.uuid4(), datetime.now(timezone.utc)
    token, _ = AccessTokens(settings_of()).issue(user_id, "agent", session_id, at)
    return token, Principal(user_id, "agent", session_id)


async def test_what_was_asked_early_is_not_asked_again() -> None:
    lookup, (token, principal) = Lookup(), signed_in()
    scope = scope_of(lookup)
    ask_early(scope, principal)
    caller = await identifier_of(lookup).caller(token, datetime.now(timezone.utc), asked_early(scope))
    assert caller.user_id == principal.user_text and lookup.asked == 1


async def test_what_was_asked_about_another_session_says_nothing() -> None:
    lookup, (token, _), (_, other) = Lookup(), signed_in(), signed_in()
    scope = scope_of(lookup)
    ask_early(scope, other)
    await identifier_of(lookup).caller(token, datetime.now(timezone.utc), asked_early(scope))
    assert lookup.asked == 2


async def test_api_tokens_and_a_redis_that_is_away_are_left_to_the_route() -> None:
    lookup, (_, principal) = Lookup(), signed_in()
    scope = scope_of(lookup)
    ask_early(scope, Principal(principal.user_id, "", None, ApiTokenGrant(uuid.uuid4(), frozenset())))
    lookup.is_away = True
    ask_early(scope, principal)
    assert asked_early(scope) is None and lookup.asked == 0


async def test_a_request_that_was_refused_leaves_no_error_behind(caplog: Any) -> None:
    lookup, (_, principal) = Lookup(), signed_in()
    scope = scope_of(lookup)
    ask_early(scope, principal)
    asked = asked_early(scope)
    assert asked is not None
    asked.answer.set_exception(ConnectionError("lost"))
    await asyncio.sleep(0)
    del scope, asked
    assert "never retrieved" not in caplog.text
