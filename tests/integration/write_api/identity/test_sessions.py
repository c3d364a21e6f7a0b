from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from domain.shared.ids import uuid7
from runtime.credential_keys import ENDED, LIVE
from runtime.settings import Settings
from runtime.tokens import LEEWAY_S
from tests.integration.write_api.identity.conftest import Door, Member, bearer, session_key
from tests.support.desk import expect
from write_api.identity.live_credentials import LiveCredentials

UNKNOWN_ID = "01920000-0000-7000-8000-000000000000"


async def test_everybody_lists_the_own_sessions(door: Door, member: Member) -> None:
    user, other = await member(), await member()
    first, second, _ = [await door.sign_in(email) for email in (user.email, user.email, other.email)]
    body = (await door.sessions(second)).json()
    assert (body["next"], body["prev"]) == (None, None)
    shown = {item["id"]: item["current"] for item in body["items"]}
    assert shown == {first["session_id"]: False, second["session_id"]: True}
    assert body["items"][0]["user_agent"].startswith("python-httpx")


async def test_signing_out_ends_the_session_everywhere(
    door: Door, member: Member, redis: Redis, settings: Settings
) -> None:
    signed_in = await door.sign_in((await member()).email)
    assert await redis.get(session_key(settings, signed_in)) == LIVE
    answer = await door.end("current", signed_in)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await door.sessions(signed_in)).status_code == 401
    assert (await door.refresh(signed_in["refresh_token"])).status_code == 401
    marker = session_key(settings, signed_in)
    assert await redis.get(marker) == ENDED
    left_s = await redis.ttl(marker)
    assert settings.access_token_ttl_s < left_s <= settings.access_token_ttl_s + LEEWAY_S


async def test_one_of_the_own_sessions_is_ended_by_its_id(door: Door, member: Member) -> None:
    user = await member()
    lost, here = await door.sign_in(user.email), await door.sign_in(user.email)
    assert (await door.end(lost["session_id"], here)).status_code == 204
    assert (await door.end(lost["session_id"], here)).status_code == 204
    assert (await door.sessions(lost)).status_code == 401
    assert (await door.sessions(here)).status_code == 200


async def test_foreign_sessions_are_for_admins_only(door: Door, member: Member) -> None:
    victim = await door.sign_in((await member()).email)
    agent = await door.sign_in((await member("agent")).email)
    admin = await door.sign_in((await member("admin")).email)
    refused = await door.end(victim["session_id"], agent)
    assert (refused.status_code, refused.json()["code"]) == (404, "session.not_found")
    assert (await door.sessions(victim)).status_code == 200
    assert (await door.end(victim["session_id"], admin)).status_code == 204
    assert (await door.sessions(victim)).status_code == 401


async def test_signing_out_elsewhere_leaves_this_session(door: Door, member: Member) -> None:
    user, other = await member(), await member()
    lost, here, foreign = [await door.sign_in(email) for email in (user.email, user.email, other.email)]
    assert (await door.end("others", here)).status_code == 204
    assert [(await door.sessions(each)).status_code for each in (lost, here, foreign)] == [401, 200, 200]


async def test_an_admin_sees_and_ends_all_sessions_of_somebody(
    door: Door, member: Member, redis: Redis, settings: Settings
) -> None:
    user = await member()
    ids = {signed_in["session_id"] for signed_in in [await door.sign_in(user.email) for _ in range(2)]}
    admin = await door.sign_in((await member("admin")).email)
    url = f"/v1/users/{user.id}/sessions"
    shown = expect(await door.client.get(url, headers=bearer(admin)))
    assert {(item["id"], item["current"]) for item in shown["items"]} == {(session_id, False) for session_id in ids}
    assert (await door.client.delete(url, headers=bearer(admin))).status_code == 204
    assert expect(await door.client.get(url, headers=bearer(admin)))["items"] == []
    for session_id in ids:
        assert await redis.get(session_key(settings, {"session_id": session_id})) == ENDED
    assert (await door.sessions(admin)).status_code == 200
    unknown = await door.client.get(f"/v1/users/{UNKNOWN_ID}/sessions", headers=bearer(admin))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "user.not_found")


@pytest.mark.parametrize("role", ["agent", "customer"])
async def test_others_sessions_are_seen_and_ended_by_admins_only(door: Door, member: Member, role: str) -> None:
    user, victim = await member(role), await member()
    here, there = await door.sign_in(user.email), await door.sign_in(victim.email)
    for user_id in (victim.id, UNKNOWN_ID):
        for method in ("GET", "DELETE"):
            answer = await door.client.request(method, f"/v1/users/{user_id}/sessions", headers=bearer(here))
            assert (answer.status_code, answer.json()["code"]) == (403, "user.forbidden")
    assert (await door.sessions(there)).status_code == 200
    assert (await door.client.delete(f"/v1/users/{user.id}/sessions", headers=bearer(here))).status_code == 204
    assert (await door.sessions(here)).status_code == 401


async def test_one_session_too_many_ends_the_one_that_was_used_least(
    door: Door, member: Member, settings: Settings, redis: Redis
) -> None:
    user = await member()
    signed_in = []
    for _ in range(settings.sessions_per_user):
        signed_in.append(await door.sign_in(user.email))
        door.clock.advance(timedelta(seconds=1))
    refreshed = expect(await door.refresh(signed_in[0]["refresh_token"]))
    door.clock.advance(timedelta(seconds=1))
    newest = await door.sign_in(user.email)
    statuses = [(await door.sessions(each)).status_code for each in (refreshed, signed_in[1], signed_in[2], newest)]
    assert statuses == [200, 401, 200, 200]
    assert await redis.get(session_key(settings, signed_in[1])) == ENDED
    assert len((await door.sessions(newest)).json()["items"]) == settings.sessions_per_user


async def test_many_sign_ins_at_once_keep_to_the_limit(door: Door, member: Member, settings: Settings) -> None:
    user = await member()
    signed_in = await asyncio.gather(*(door.sign_in(user.email) for _ in range(settings.sessions_per_user + 5)))
    statuses = [(await door.sessions(each)).status_code for each in signed_in]
    assert (statuses.count(200), statuses.count(401)) == (settings.sessions_per_user, 5)


@pytest.mark.parametrize("session_id", [UNKNOWN_ID, "latest", "1"])
async def test_a_session_that_is_not_there_is_not_found(door: Door, member: Member, session_id: str) -> None:
    signed_in = await door.sign_in((await member()).email)
    assert (await door.end(session_id, signed_in)).status_code == 404


async def test_an_end_that_cannot_be_announced_is_an_end_all_the_same(settings: Settings) -> None:
    nobody_listens = Redis.from_url("redis://127.0.0.1:1/0")
    try:
        await LiveCredentials(nobody_listens, settings).end([uuid7()])
    finally:
        await nobody_listens.aclose()


async def test_without_a_token_there_is_no_session(door: Door) -> None:
    assert (await door.client.get("/v1/sessions")).status_code == 401
    assert (await door.client.delete("/v1/sessions/current")).status_code == 401
