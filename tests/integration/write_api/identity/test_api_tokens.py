"""Programs act for a user, for as long as that is wanted."""

from __future__ import annotations

import asyncio
import hashlib
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from redis.asyncio import Redis

from domain.identity.api_token import MAX_TOKENS
from domain.shared.ids import uuid7
from runtime.credential_keys import CredentialKeys
from runtime.settings import Settings
from tests.integration.write_api.identity.api_tokens import UNKNOWN_ID, listed, make, use
from tests.integration.write_api.identity.conftest import Door, Member, bearer
from tests.integration.write_api.rows import event_data, event_types, pending
from tests.support.desk import expect
from write_api.persistence.api_tokens import note_uses
from write_api.persistence.unit_of_work import Pool


async def hash_field(redis: Redis, key: str, field: str) -> bytes | None:
    found: bytes | None = await redis.execute_command("HGET", key, field)  # type: ignore[no-untyped-call]
    return found


async def hash_values(redis: Redis, key: str) -> list[bytes]:
    found: list[bytes] = await redis.execute_command("HVALS", key)  # type: ignore[no-untyped-call]
    return found


async def test_it_is_shown_once_and_nowhere_kept(
    door: Door, member: Member, pool: Pool, redis: Redis, settings: Settings
) -> None:
    signed_in = await door.sign_in((await member()).email)
    key = {"Idempotency-Key": str(uuid7())}
    body = {"name": "Nightly report", "scopes": ["read"]}
    answers = [
        await door.client.post("/v1/api-tokens", json=body, headers={**bearer(signed_in), **key}) for _ in range(2)
    ]
    token, other = (expect(answer, 201) for answer in answers)
    # With the answer the credential would lie in a table.
    assert token["id"] != other["id"]
    assert answers[0].headers["location"] == f"/v1/api-tokens/{token['id']}"
    assert await pool.fetchval("SELECT count(*) FROM idempotency_keys WHERE key = $1", key["Idempotency-Key"]) == 0
    stored = await pool.fetchrow("SELECT * FROM api_tokens WHERE id = $1", UUID(token["id"]))
    assert stored is not None
    assert stored["token_hash"] == hashlib.sha256(token["token"].encode()).digest()
    assert token["token"] not in str(stored)
    assert token["token"] not in str(await event_data(pool, token["id"], "ApiTokenCreated"))
    assert token["token"] not in str(await hash_values(redis, CredentialKeys(settings.namespace).api_tokens))
    shown = (await listed(door, signed_in))[0]
    assert set(shown) == set(token) - {"token"}
    assert (shown["name"], shown["scopes"], shown["last_used_at"]) == ("Nightly report", ["read"], None)
    assert await pending(pool, token["id"]) == [("api_token", 1, "ApiTokenCreated")]


async def test_the_query_api_is_told_of_it(door: Door, member: Member, redis: Redis, settings: Settings) -> None:
    user = await member()
    signed_in = await door.sign_in(user.email)
    token = await make(door, signed_in, "tickets:read")
    key, digest = CredentialKeys(settings.namespace).api_tokens, hashlib.sha256(token["token"].encode()).hexdigest()
    said = json.loads(await hash_field(redis, key, digest) or "{}")
    assert (said["id"], said["user_id"], said["scopes"]) == (token["id"], str(user.id), ["tickets:read"])
    assert said["expires_at"] == (door.clock.now() + timedelta(days=90)).timestamp()
    await door.client.delete(f"/v1/api-tokens/{token['id']}", headers=bearer(signed_in))
    assert await hash_field(redis, key, digest) is None


async def test_a_revoked_token_is_refused_at_once(door: Door, member: Member, pool: Pool) -> None:
    signed_in = await door.sign_in((await member()).email)
    token = await make(door, signed_in)
    # The process knows it by now.
    expect(await use(door, token), 201)
    for _ in range(2):
        gone = await door.client.delete(f"/v1/api-tokens/{token['id']}", headers=bearer(signed_in))
        assert gone.status_code == 204
    refused = await use(door, token)
    assert (refused.status_code, refused.json()["code"]) == (401, "token.invalid")
    assert await listed(door, signed_in) == []
    assert await event_types(pool, token["id"]) == ["ApiTokenCreated", "ApiTokenRevoked"]


async def test_an_expired_token_is_refused(door: Door, member: Member, pool: Pool) -> None:
    signed_in = await door.sign_in((await member()).email)
    known, unknown = await make(door, signed_in), await make(door, signed_in)
    expect(await use(door, known), 201)
    await pool.execute("UPDATE api_tokens SET expires_at = now() WHERE id = ANY($1)", [known["id"], unknown["id"]])
    for token in (known, unknown):
        assert (await use(door, token)).status_code == 401
    assert len(await listed(door, signed_in)) == 2


async def test_deactivating_the_user_ends_their_tokens_for_good(
    door: Door, member: Member, redis: Redis, settings: Settings
) -> None:
    user = await member()
    token = await make(door, await door.sign_in(user.email))
    expect(await use(door, token), 201)
    admin = await door.sign_in((await member("admin")).email)
    for active in (False, True):
        headers = {**bearer(admin), "If-Match": "*"}
        expect(await door.client.patch(f"/v1/users/{user.id}", json={"active": active}, headers=headers))
        assert (await use(door, token)).status_code == 401
    digest = hashlib.sha256(token["token"].encode()).hexdigest()
    assert await hash_field(redis, CredentialKeys(settings.namespace).api_tokens, digest) is None


async def test_no_token_is_made_for_who_is_deactivated_meanwhile(door: Door, member: Member) -> None:
    admin = await door.sign_in((await member("admin")).email)
    for _ in range(4):
        user = await member()
        signed_in = await door.sign_in(user.email)
        body = {"name": "Late", "scopes": ["write"]}
        makes = [door.client.post("/v1/api-tokens", json=body, headers=bearer(signed_in)) for _ in range(4)]
        headers = {**bearer(admin), "If-Match": "*"}
        end = door.client.patch(f"/v1/users/{user.id}", json={"active": False}, headers=headers)
        ended, *made = await asyncio.gather(end, *makes)
        assert ended.status_code == 200
        assert {answer.status_code for answer in made} <= {201, 401}
        assert await listed(door, admin, user.id) == []


async def test_it_can_be_renamed(door: Door, member: Member) -> None:
    signed_in = await door.sign_in((await member()).email)
    token = await make(door, signed_in, "read")
    url = f"/v1/api-tokens/{token['id']}"
    renamed = expect(await door.client.patch(url, json={"name": "Weekly"}, headers=bearer(signed_in)))
    assert (renamed["name"], renamed["scopes"]) == ("Weekly", ["read"])
    for body in ({"scopes": ["write"]}, {"expires_at": "2030-01-01T00:00:00Z"}, {"name": None}, {}):
        assert (await door.client.patch(url, json=body, headers=bearer(signed_in))).status_code == 422


async def test_its_last_use_is_shown(door: Door, member: Member, pool: Pool) -> None:
    signed_in = await door.sign_in((await member()).email)
    token = await make(door, signed_in)
    at = door.clock.now().replace(microsecond=0)
    await note_uses(pool, {UUID(token["id"]): at, uuid7(): at})
    # Told late, which happens where two processes note uses.
    await note_uses(pool, {UUID(token["id"]): at - timedelta(minutes=5)})
    assert (await listed(door, signed_in))[0]["last_used_at"] == at.isoformat()


async def test_a_use_is_noted_once_a_minute(door: Door, member: Member, redis: Redis, settings: Settings) -> None:
    token = await make(door, await door.sign_in((await member()).email))
    key = CredentialKeys(settings.namespace).api_token_uses
    expect(await use(door, token), 201)
    assert int(await hash_field(redis, key, token["id"]) or 0) == int(door.clock.now().timestamp())
    await redis.delete(key)
    expect(await use(door, token), 201)
    assert await hash_field(redis, key, token["id"]) is None


@pytest.mark.parametrize(
    ("fields", "code", "pointer"),
    [
        ({"scopes": []}, "value.too_few", "/scopes"),
        ({"scopes": ["everything"]}, "value.not_allowed", "/scopes/0"),
        ({"scopes": ["sessions:write"]}, "value.not_allowed", "/scopes/0"),
        ({"name": ""}, "value.too_short", "/name"),
        ({"name": "x" * 101}, "value.too_long", "/name"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "api_token.expiry_invalid", "/expires_at"),
        ({"expires_at": "2099-01-01T00:00:00Z"}, "api_token.expiry_invalid", "/expires_at"),
        ({"expires_at": "2027-01-01T00:00:00"}, "value.invalid", "/expires_at"),
        ({"expires_at": 1_800_000_000}, "value.invalid", "/expires_at"),
        ({"user_id": UNKNOWN_ID}, "field.unknown", "/user_id"),
        ({"token": "tdk_mine"}, "field.unknown", "/token"),
    ],
)
async def test_what_cannot_be_is_refused_at_its_place(
    door: Door, member: Member, fields: dict[str, Any], code: str, pointer: str
) -> None:
    signed_in = await door.sign_in((await member()).email)
    body = {"name": "Report", "scopes": ["read"], **fields}
    answer = await door.client.post("/v1/api-tokens", json=body, headers=bearer(signed_in))
    fault = answer.json()["errors"][0]
    assert (answer.status_code, fault["code"], fault["pointer"]) == (422, code, pointer)


async def test_there_are_only_so_many_even_at_once(door: Door, member: Member) -> None:
    signed_in = await door.sign_in((await member()).email)
    body = {"name": "Many", "scopes": ["read"]}
    asked = [door.client.post("/v1/api-tokens", json=body, headers=bearer(signed_in)) for _ in range(MAX_TOKENS + 3)]
    statuses = [answer.status_code for answer in await asyncio.gather(*asked)]
    assert (statuses.count(201), statuses.count(409)) == (MAX_TOKENS, 3)
