from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from redis.asyncio import Redis

from domain.identity.sessions import REUSE_GRACE
from runtime.credential_keys import ENDED
from runtime.settings import Settings
from tests.integration.write_api.conftest import Someone
from tests.integration.write_api.identity.conftest import Door, Member, session_key
from tests.integration.write_api.rows import event_data
from tests.support.desk import expect
from write_api.persistence.unit_of_work import Pool

# What the settings say by default.
TERMS = [
    ("customer", timedelta(days=30), timedelta(days=7)),
    ("agent", timedelta(hours=12), timedelta(minutes=30)),
    ("admin", timedelta(hours=12), timedelta(minutes=30)),
]


async def test_a_refresh_token_gives_one_new_pair(door: Door, member: Member) -> None:
    first = await door.sign_in((await member()).email)
    second = expect(await door.refresh(first["refresh_token"]))
    assert second["session_id"] == first["session_id"]
    assert second["refresh_token"] != first["refresh_token"]
    assert (await door.sessions(second)).status_code == 200
    third = expect(await door.refresh(second["refresh_token"]))
    assert third["session_id"] == first["session_id"]


async def test_of_many_at_once_exactly_one_wins(door: Door, member: Member, pool: Pool) -> None:
    first = await door.sign_in((await member()).email)
    answers = await asyncio.gather(*(door.refresh(first["refresh_token"]) for _ in range(50)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] + [409] * 49
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"session.refresh_repeated"}
    (won,) = [answer.json() for answer in answers if answer.status_code == 200]
    unused = "SELECT count(*) FROM refresh_tokens WHERE session_id = $1 AND used_at IS NULL"
    assert await pool.fetchval(unused, UUID(first["session_id"])) == 1
    assert expect(await door.refresh(won["refresh_token"]))["session_id"] == first["session_id"]


async def test_the_same_again_within_the_grace_ends_nothing(door: Door, member: Member) -> None:
    first = await door.sign_in((await member()).email)
    second = expect(await door.refresh(first["refresh_token"]))
    door.clock.advance(REUSE_GRACE)
    repeated = await door.refresh(first["refresh_token"])
    assert repeated.status_code == 409
    assert repeated.json()["errors"][0]["pointer"] == "/refresh_token"
    assert (await door.refresh(second["refresh_token"])).status_code == 200


@pytest.mark.parametrize("later", [REUSE_GRACE + timedelta(seconds=1), timedelta(seconds=60)])
async def test_reuse_after_the_grace_ends_the_session(
    door: Door, member: Member, pool: Pool, redis: Redis, settings: Settings, later: timedelta
) -> None:
    first = await door.sign_in((await member()).email)
    second = expect(await door.refresh(first["refresh_token"]))
    door.clock.advance(later)
    stolen = await door.refresh(first["refresh_token"])
    assert (stolen.status_code, stolen.json()["code"]) == (401, "session.refresh_refused")
    assert (await door.refresh(second["refresh_token"])).status_code == 401
    assert (await door.sessions(second)).status_code == 401
    revoked = await event_data(pool, first["session_id"], "SessionRevoked")
    assert revoked["reason"] == "refresh_token_reused"
    assert await redis.get(session_key(settings, first)) == ENDED


@pytest.mark.parametrize(("role", "lifetime", "idle"), TERMS)
async def test_a_session_ends_for_good_however_often_it_is_refreshed(
    door: Door, member: Member, role: str, lifetime: timedelta, idle: timedelta
) -> None:
    signed_in = await door.sign_in((await member(role)).email)
    assert signed_in["refresh_expires_in"] == idle.total_seconds()
    started_at, step = door.clock.now(), idle - timedelta(seconds=1)
    while door.clock.now() + step < started_at + lifetime:
        door.clock.advance(step)
        signed_in = expect(await door.refresh(signed_in["refresh_token"]))
    left = started_at + lifetime - door.clock.now()
    assert signed_in["refresh_expires_in"] == left.total_seconds()
    assert signed_in["expires_in"] <= left.total_seconds()
    door.clock.advance(left)
    assert (await door.refresh(signed_in["refresh_token"])).status_code == 401


@pytest.mark.parametrize(("role", "lifetime", "idle"), TERMS)
async def test_a_session_that_nobody_refreshes_ends(
    door: Door, member: Member, role: str, lifetime: timedelta, idle: timedelta
) -> None:
    signed_in, here = [await door.sign_in((await member(role)).email) for _ in range(2)]
    door.clock.advance(idle)
    assert (await door.refresh(signed_in["refresh_token"])).status_code == 401
    assert lifetime > idle


async def test_no_access_token_outlives_its_session(door: Door, member: Member) -> None:
    signed_in = await door.sign_in((await member("agent")).email)
    for _ in range(25):
        door.clock.advance(timedelta(minutes=28, seconds=45))
        signed_in = expect(await door.refresh(signed_in["refresh_token"]))
    assert signed_in["expires_in"] == signed_in["refresh_expires_in"] == 75


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
