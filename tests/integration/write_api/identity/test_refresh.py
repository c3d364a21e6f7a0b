from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from domain.identity.sessions import REUSE_GRACE
from read_models.keys import Keys
from runtime.settings import Settings
from tests.integration.write_api.conftest import Someone
from tests.integration.write_api.identity.conftest import Door, Member
from tests.integration.write_api.rows import event_data
from tests.support.desk import expect
from write_api.persistence.unit_of_work import Pool


async def test_a_refresh_token_gives_one_new_pair(door: Door, member: Member) -> None:
    first = await door.sign_in((await member()).email)
    second = expect(await door.refresh(first["refresh_token"]))
    assert second["session_id"] == first["session_id"]
    assert second["refresh_token"] != first["refresh_token"]
    assert (await door.sessions(second)).status_code == 200
    third = expect(await door.refresh(second["refresh_token"]))
    assert third["session_id"] == first["session_id"]


async def test_of_many_at_once_exactly_one_wins(door: Door, member: Member) -> None:
    first = await door.sign_in((await member()).email)
    answers = await asyncio.gather(*(door.refresh(first["refresh_token"]) for _ in range(20)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] + [409] * 19
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"session.refresh_repeated"}
    (won,) = [answer.json() for answer in answers if answer.status_code == 200]
    assert expect(await door.refresh(won["refresh_token"]))["session_id"] == first["session_id"]


async def test_the_same_again_within_the_grace_ends_nothing(door: Door, member: Member) -> None:
    first = await door.sign_in((await member()).email)
    second = expect(await door.refresh(first["refresh_token"]))
    door.clock.advance(REUSE_GRACE)
    repeated = await door.refresh(first["refresh_token"])
    assert repeated.status_code == 409
    assert repeated.json()["errors"][0]["pointer"] == "/refresh_token"
    assert (await door.refresh(second["refresh_token"])).status_code == 200


async def test_reuse_after_the_grace_ends_the_session(
    door: Door, member: Member, pool: Pool, redis: Redis, settings: Settings
) -> None:
    first = await door.sign_in((await member()).email)
    second = expect(await door.refresh(first["refresh_token"]))
    door.clock.advance(REUSE_GRACE + timedelta(seconds=1))
    stolen = await door.refresh(first["refresh_token"])
    assert (stolen.status_code, stolen.json()["code"]) == (401, "session.refresh_refused")
    assert (await door.refresh(second["refresh_token"])).status_code == 401
    assert (await door.sessions(second)).status_code == 401
    revoked = await event_data(pool, first["session_id"], "SessionRevoked")
    assert revoked["reason"] == "refresh_token_reused"
    assert await redis.exists(f"{Keys(settings.namespace).revoked_sessions}:{first['session_id']}")


async def test_a_session_ends_for_good_however_often_it_is_refreshed(
    door: Door, member: Member, settings: Settings
) -> None:
    signed_in = await door.sign_in((await member()).email)
    door.clock.advance(timedelta(seconds=settings.refresh_token_ttl_s - 1))
    signed_in = expect(await door.refresh(signed_in["refresh_token"]))
    door.clock.advance(timedelta(seconds=1))
    assert (await door.refresh(signed_in["refresh_token"])).status_code == 401


async def test_a_deactivated_user_gets_no_new_pair(door: Door, member: Member, admin: Someone) -> None:
    user = await member()
    signed_in = await door.sign_in(user.email)
    answer = await admin.client.patch(f"/v1/users/{user.id}", json={"active": False}, headers={"If-Match": '"v1"'})
    assert answer.status_code == 200
    assert (await door.refresh(signed_in["refresh_token"])).status_code == 401


@pytest.mark.parametrize("token", ["x", "x" * 43, "é" * 20])
async def test_what_is_no_refresh_token_is_refused(door: Door, token: str) -> None:
    answer = await door.refresh(token)
    assert (answer.status_code, answer.json()["code"]) == (401, "session.refresh_refused")
