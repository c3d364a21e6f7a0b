from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.identity.api_token import DEFAULT_LIFETIME, MAX_LIFETIME, MAX_TOKENS, ApiToken
from domain.identity.errors import ApiTokenExpiryInvalid, ApiTokenNotFound, NoScopes, TooManyApiTokens
from domain.identity.scopes import Scope
from domain.shared.errors import DomainError, WrongValue
from domain.shared.ids import uuid7
from tests.unit.domain.builders import NOW, REQUESTER, later, pulled


def create(**changes: Any) -> ApiToken:
    values: dict[str, Any] = {
        "name": " Report ",
        "scopes": ["read"],
        "token_hash": b"hash",
        "hint": "x7Qk",
        "others": 0,
    }
    return ApiToken.create(**{**values, "user_id": REQUESTER, "at": NOW, **changes})


def test_a_token_says_what_it_is_for_and_when_it_ends() -> None:
    token = create(scopes=["tickets:write", "tickets:read", "tickets:read"])
    assert (token.name, token.scopes) == ("Report", frozenset({Scope.TICKETS_READ, Scope.TICKETS_WRITE}))
    assert token.expires_at == NOW + DEFAULT_LIFETIME
    (event,) = token.pull_events()
    data = event.data()
    assert (data["name"], data["scopes"]) == ("Report", ["tickets:read", "tickets:write"])
    assert "hash" not in str(data) and "hash" not in repr(token)


@given(lifetime=st.timedeltas(min_value=timedelta(days=-1), max_value=timedelta(days=800)))
def test_it_ends_within_a_year(lifetime: timedelta) -> None:
    expires_at: datetime = NOW + lifetime
    if timedelta(0) < lifetime <= MAX_LIFETIME:
        token = create(expires_at=expires_at)
        assert token.is_live(NOW) and not token.is_live(expires_at)
    else:
        with pytest.raises(ApiTokenExpiryInvalid) as refused:
            create(expires_at=expires_at)
        assert refused.value.pointer == "/expires_at"


def test_what_cannot_be_is_refused_at_its_place() -> None:
    with pytest.raises(NoScopes):
        create(scopes=[])
    with pytest.raises(WrongValue) as unknown:
        create(scopes=["read", "sessions:write"])
    assert unknown.value.pointer == "/scopes/1"
    with pytest.raises(DomainError) as nameless:
        create(name=" ")
    assert nameless.value.pointer == "/name"


def test_there_are_only_so_many_of_one_user() -> None:
    assert create(others=MAX_TOKENS - 1).is_live(NOW)
    with pytest.raises(TooManyApiTokens) as refused:
        create(others=MAX_TOKENS)
    assert refused.value.details == {"limit": MAX_TOKENS}


def test_it_can_be_renamed() -> None:
    token = create()
    token.pull_events()
    token.rename("Report", at=later(1))
    assert not token.has_changes
    token.rename("Other", at=later(2))
    (event,) = token.pull_events()
    assert event.data()["changes"] == {"name": {"before": "Report", "after": "Other"}}


def test_it_is_revoked_once() -> None:
    token = create()
    token.pull_events()
    token.revoke(at=later(1), reason="revoked")
    token.revoke(at=later(2), reason="user_deactivated")
    assert (token.revoked_at, pulled(token)) == (later(1), ["ApiTokenRevoked"])
    assert not token.is_live(later(3))


def test_one_that_is_missing_is_named() -> None:
    token_id = uuid7()
    assert ApiTokenNotFound(token_id).details == {"api_token_id": str(token_id)}
