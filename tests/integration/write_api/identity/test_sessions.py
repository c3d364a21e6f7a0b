from __future__ import annotations

import pytest
from redis.asyncio import Redis

from domain.shared.ids import uuid7
from read_models.keys import Keys
from runtime.settings import Settings
from runtime.tokens import LEEWAY_S
from tests.integration.write_api.identity.conftest import Door, Member
from write_api.identity.ended_sessions import EndedSessions

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
    answer = await door.end("current", signed_in)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await door.sessions(signed_in)).status_code == 401
    assert (await door.refresh(signed_in["refresh_token"])).status_code == 401
    marker = f"{Keys(settings.namespace).revoked_sessions}:{signed_in['session_id']}"
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


@pytest.mark.parametrize("session_id", [UNKNOWN_ID, "latest", "1"])
async def test_a_session_that_is_not_there_is_not_found(door: Door, member: Member, session_id: str) -> None:
    signed_in = await door.sign_in((await member()).email)
    assert (await door.end(session_id, signed_in)).status_code == 404


async def test_an_end_that_cannot_be_announced_is_an_end_all_the_same(settings: Settings) -> None:
    nobody_listens = Redis.from_url("redis://127.0.0.1:1/0")
    try:
        await EndedSessions(nobody_listens, settings).announce([uuid7()])
    finally:
        await nobody_listens.aclose()


async def test_without_a_token_there_is_no_session(door: Door) -> None:
    assert (await door.client.get("/v1/sessions")).status_code == 401
    assert (await door.client.delete("/v1/sessions/current")).status_code == 401
