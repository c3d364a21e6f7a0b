from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest

from domain.identity.api_token import ApiToken
from domain.identity.errors import ApiTokenNotFound
from domain.identity.user import User
from domain.shared.ids import uuid7
from tests.contract.conftest import NOW
from tests.contract.units import Units
from tests.support.words import word

LATER = NOW + timedelta(hours=1)


def a_token(owner: User, **changes: Any) -> ApiToken:
    values: dict[str, Any] = {
        "name": "Nightly report",
        "scopes": ["tickets:read", "write"],
        "token_hash": word().encode().ljust(32, b"-"),
        "hint": "x7Qk",
        "others": 0,
    }
    return ApiToken.create(**{**values, "user_id": owner.id, "at": NOW, **changes})


async def stored(units: Units, *tokens: ApiToken) -> None:
    async with units() as unit:
        for token in tokens:
            await unit.api_tokens.add(token)
        await unit.commit()


async def test_a_token_comes_back_as_it_was_made(units: Units, person: User) -> None:
    token = a_token(person, expires_at=LATER)
    await stored(units, token)
    async with units() as unit:
        again = await unit.api_tokens.get(token.id)
        assert asdict(again) == asdict(token)
        assert again.version == 1
        with pytest.raises(ApiTokenNotFound):
            await unit.api_tokens.get(uuid7())


async def test_those_that_were_revoked_are_not_listed_and_those_that_expired_are(units: Units, person: User) -> None:
    live, expired, revoked = a_token(person), a_token(person, expires_at=NOW + timedelta(seconds=1)), a_token(person)
    await stored(units, live, expired, revoked)
    async with units() as unit:
        loaded = await unit.api_tokens.get(revoked.id)
        loaded.revoke(at=LATER, reason="revoked")
        await unit.api_tokens.save(loaded)
        await unit.commit()
    async with units() as unit:
        for found in (unit.api_tokens.of_user, unit.api_tokens.of_user_to_change):
            assert [token.id for token in await found(person.id)] == [live.id, expired.id]
        assert await unit.api_tokens.of_user(uuid7()) == []
        assert (await unit.api_tokens.get(revoked.id)).revoked_at == LATER


async def test_a_token_gets_another_name(units: Units, person: User) -> None:
    token = a_token(person)
    await stored(units, token)
    async with units() as unit:
        loaded = await unit.api_tokens.get(token.id)
        loaded.rename("Weekly report", at=LATER)
        await unit.api_tokens.save(loaded)
        await unit.commit()
    async with units() as unit:
        again = await unit.api_tokens.get(token.id)
        assert (again.name, again.version, again.scopes) == ("Weekly report", 2, token.scopes)
        assert await unit.api_tokens.last_uses([token.id]) == {}
