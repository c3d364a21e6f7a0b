from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from runtime.credential_keys import ENDED
from runtime.settings import Settings
from tests.integration.write_api.identity.conftest import PASSWORD, Door, Member, bearer, session_key
from tests.integration.write_api.rows import event_types
from tests.support.desk import expect
from write_api.persistence.unit_of_work import Pool

NEW_PASSWORD = "an otter reads the paper"


async def change(
    door: Door, signed_in: dict[str, Any], current: str = PASSWORD, new: str = NEW_PASSWORD
) -> httpx.Response:
    body = {"current_password": current, "password": new}
    return await door.client.post("/v1/users/me/password", json=body, headers=bearer(signed_in))


async def test_who_knows_the_present_password_gets_a_new_one_and_a_new_session(
    door: Door, member: Member, pool: Pool, redis: Redis, settings: Settings
) -> None:
    user = await member()
    elsewhere, here = await door.sign_in(user.email), await door.sign_in(user.email)
    fresh = expect(await change(door, here))
    assert fresh["session_id"] not in (elsewhere["session_id"], here["session_id"])
    for old in (elsewhere, here):
        assert (await door.sessions(old)).status_code == 401
        assert (await door.refresh(old["refresh_token"])).status_code == 401
        assert await redis.get(session_key(settings, old)) == ENDED
    assert (await door.sessions(fresh)).status_code == 200
    await door.sign_in(user.email, NEW_PASSWORD)
    refused = await door.client.post("/v1/sessions", json={"email": user.email, "password": PASSWORD})
    assert refused.status_code == 401
    assert "UserPasswordChanged" in await event_types(pool, str(user.id))


@pytest.mark.parametrize("role", ["customer", "agent", "admin"])
async def test_an_open_session_alone_changes_no_password(door: Door, member: Member, role: str) -> None:
    user = await member(role)
    signed_in = await door.sign_in(user.email)
    refused = await change(door, signed_in, current="wrong horse battery")
    assert (refused.status_code, refused.json()["code"]) == (422, "password.present_wrong")
    assert refused.json()["errors"][0]["pointer"] == "/current_password"
    headers = {**bearer(signed_in), "If-Match": "*"}
    by_patch = await door.client.patch(f"/v1/users/{user.id}", json={"password": NEW_PASSWORD}, headers=headers)
    expected = (409, "user.own_password_protected") if role == "admin" else (403, "user.forbidden")
    assert (by_patch.status_code, by_patch.json()["code"]) == expected
    assert (await door.sessions(signed_in)).status_code == 200
    await door.sign_in(user.email)


async def test_the_new_password_has_to_be_a_good_one(door: Door, member: Member) -> None:
    signed_in = await door.sign_in((await member()).email)
    for new, code in (("sunshine 20262026", "password.too_common"), ("short", "request.invalid")):
        refused = await change(door, signed_in, new=new)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
        assert refused.json()["errors"][0]["pointer"] == "/password"
    assert (await door.sessions(signed_in)).status_code == 200


async def test_nobody_changes_a_password_without_a_session(door: Door, member: Member) -> None:
    body = {"current_password": PASSWORD, "password": NEW_PASSWORD}
    assert (await door.client.post("/v1/users/me/password", json=body)).status_code == 401
    user = await member()
    ended = await door.sign_in(user.email)
    await door.end("current", ended)
    assert (await change(door, ended)).status_code == 401
    await door.sign_in(user.email)


async def test_of_two_who_change_it_at_once_one_succeeds(door: Door, member: Member) -> None:
    user = await member()
    first, second = await door.sign_in(user.email), await door.sign_in(user.email)
    tried = ("a heron in the garden", "a badger on the roof")
    answers = await asyncio.gather(*(change(door, each, new=new) for each, new in zip((first, second), tried)))
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(200) == 1 and set(statuses) <= {200, 401, 422}
    await door.sign_in(user.email, tried[statuses.index(200)])


async def test_nobody_who_signed_in_with_the_old_password_meanwhile_stays(door: Door, member: Member) -> None:
    """Checking a password takes long: it may be the old one by the time that the session starts."""
    for _ in range(5):
        user = await member()
        here = await door.sign_in(user.email)
        body = {"email": user.email, "password": PASSWORD}
        sign_ins = [door.client.post("/v1/sessions", json=body) for _ in range(8)]
        changed, *answers = await asyncio.gather(change(door, here), *sign_ins)
        assert changed.status_code == 200
        for answer in answers:
            assert answer.status_code in (201, 401)
            if answer.status_code == 201:
                assert (await door.sessions(answer.json())).status_code == 401
