"""Programs act for a user, within the scopes of their token, for as long as that is wanted."""

from __future__ import annotations

import asyncio
import hashlib
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from redis.asyncio import Redis

from domain.identity.api_token import MAX_TOKENS
from domain.shared.ids import uuid7
from runtime.credential_keys import CredentialKeys
from runtime.settings import Settings
from tests.integration.write_api.identity.conftest import PASSWORD, Door, Member, bearer
from tests.integration.write_api.rows import event_data, event_types, pending
from tests.support.desk import expect
from write_api.persistence.api_tokens import note_uses
from write_api.persistence.unit_of_work import Pool

UNKNOWN_ID = "01920000-0000-7000-8000-000000000000"
TICKET = {"subject": "Printer", "body": "It prints stripes."}
Token = dict[str, Any]


async def make(door: Door, signed_in: dict[str, Any], *scopes: str, **fields: Any) -> Token:
    body = {"name": "Nightly report", "scopes": scopes or ("read", "write"), **fields}
    return expect(await door.client.post("/v1/api-tokens", json=body, headers=bearer(signed_in)), 201)


async def use(
    door: Door, token: Token, method: str = "POST", path: str = "/v1/tickets", json: Any = TICKET, **headers: str
) -> httpx.Response:
    sent = {"Authorization": f"Bearer {token['token']}", **{k.replace("_", "-"): v for k, v in headers.items()}}
    return await door.client.request(method, path, json=json, headers=sent)


async def listed(door: Door, signed_in: dict[str, Any], user_id: object = None) -> list[Token]:
    path = "/v1/api-tokens" if user_id is None else f"/v1/users/{user_id}/api-tokens"
    items: list[Token] = expect(await door.client.get(path, headers=bearer(signed_in)))["items"]
    return items


async def hash_field(redis: Redis, key: str, field: str) -> bytes | None:
    found: bytes | None = await redis.execute_command("HGET", key, field)  # type: ignore[no-untyped-call]
    return found


async def hash_values(redis: Redis, key: str) -> list[bytes]:
    found: list[bytes] = await redis.execute_command("HVALS", key)  # type: ignore[no-untyped-call]
    return found


async def test_a_token_acts_as_its_user(door: Door, member: Member, pool: Pool) -> None:
    user = await member()
    token = await make(door, await door.sign_in(user.email), "tickets:write")
    assert token["token"].startswith("tdk_") and token["token"].endswith(token["hint"])
    opened = expect(await use(door, token), 201)
    requester_id = await pool.fetchval("SELECT requester_id FROM tickets WHERE id = $1", UUID(opened["id"]))
    assert requester_id == user.id
    actor_id = await pool.fetchval("SELECT actor_id FROM domain_events WHERE aggregate_id = $1", UUID(opened["id"]))
    assert actor_id == user.id


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


async def test_a_token_may_not_do_what_its_user_may_not(door: Door, member: Member) -> None:
    customer = await make(door, await door.sign_in((await member()).email))
    refused = await use(door, customer, path="/v1/groups", json={"name": f"Group {uuid7()}"})
    assert refused.status_code == 403
    admin = await make(door, await door.sign_in((await member("admin")).email))
    expect(await use(door, admin, path="/v1/groups", json={"name": f"Group {uuid7()}"}), 201)


@pytest.mark.parametrize(
    ("scopes", "opened"),
    [
        (["write"], {"tickets", "documents", "groups", "move"}),
        (["tickets:write"], {"tickets"}),
        (["documents:write"], {"documents"}),
        (["users:write"], {"groups"}),
        (["tickets:write", "users:write"], {"tickets", "groups", "move"}),
        (["read", "tickets:read", "users:read"], set()),
    ],
)
async def test_a_token_does_what_its_scopes_say(
    door: Door, member: Member, scopes: list[str], opened: set[str]
) -> None:
    signed_in = await door.sign_in((await member("admin")).email)
    organization = await door.client.post(
        "/v1/organizations", json={"name": f"Org {uuid7()}"}, headers=bearer(signed_in)
    )
    token = await make(door, signed_in, *scopes)
    requests: dict[str, tuple[str, Any]] = {
        "tickets": ("/v1/tickets", TICKET),
        "documents": ("/v1/documents", {"title": "T", "body": "B", "locale": "en"}),
        "groups": ("/v1/groups", {"name": f"Group {uuid7()}"}),
        "move": (f"/v1/organizations/{organization.json()['id']}/move-tickets", {"to": None}),
    }
    for name, (path, body) in requests.items():
        answer = await use(door, token, path=path, json=body)
        if name in opened:
            assert answer.status_code in (201, 202), f"{name}: {answer.text}"
        else:
            problem = answer.json()
            assert (answer.status_code, problem["code"]) == (403, "api_token.scope_missing"), name
            assert problem["missing_scopes"]
            assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]


async def test_no_token_makes_itself_or_others_stronger(door: Door, member: Member) -> None:
    user = await member("admin")
    signed_in = await door.sign_in(user.email)
    token = await make(door, signed_in, "read", "write")
    password = {"current_password": PASSWORD, "password": "an otter reads the paper"}
    for method, path, body in (
        ("POST", "/v1/api-tokens", {"name": "More", "scopes": ["write"]}),
        ("GET", "/v1/api-tokens", None),
        ("PATCH", f"/v1/api-tokens/{token['id']}", {"name": "Other"}),
        ("DELETE", f"/v1/api-tokens/{token['id']}", None),
        ("GET", f"/v1/users/{user.id}/api-tokens", None),
        ("GET", "/v1/sessions", None),
        ("DELETE", "/v1/sessions/current", None),
        ("DELETE", "/v1/sessions/others", None),
        ("DELETE", f"/v1/sessions/{signed_in['session_id']}", None),
        ("GET", f"/v1/users/{user.id}/sessions", None),
        ("DELETE", f"/v1/users/{user.id}/sessions", None),
        ("POST", "/v1/users/me/password", password),
    ):
        answer = await use(door, token, method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "api_token.session_needed"), f"{method} {path}"
    assert (await door.sessions(signed_in)).status_code == 200


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


async def test_admins_see_and_revoke_those_of_others(door: Door, member: Member) -> None:
    user = await member()
    token = await make(door, await door.sign_in(user.email))
    admin = await door.sign_in((await member("admin")).email)
    assert [each["id"] for each in await listed(door, admin, user.id)] == [token["id"]]
    gone = await door.client.delete(f"/v1/api-tokens/{token['id']}", headers=bearer(admin))
    assert gone.status_code == 204
    assert (await use(door, token)).status_code == 401


@pytest.mark.parametrize("role", ["agent", "customer"])
async def test_nobody_else_does(door: Door, member: Member, role: str) -> None:
    owner = await member()
    token = await make(door, await door.sign_in(owner.email))
    stranger = await door.sign_in((await member(role)).email)
    for token_id in (token["id"], UNKNOWN_ID):
        for method, body in (("PATCH", {"name": "Mine"}), ("DELETE", None)):
            url = f"/v1/api-tokens/{token_id}"
            answer = await door.client.request(method, url, json=body, headers=bearer(stranger))
            assert (answer.status_code, answer.json()["code"]) == (404, "api_token.not_found")
    for user_id in (owner.id, UNKNOWN_ID):
        answer = await door.client.get(f"/v1/users/{user_id}/api-tokens", headers=bearer(stranger))
        assert (answer.status_code, answer.json()["code"]) == (403, "user.forbidden")
    expect(await use(door, token), 201)


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


@pytest.mark.parametrize("token", ["tdk_", "tdk_" + "x" * 43, "tdk_" + "x" * 5_000, "tdk_\u00e9", "TDK_x"])
async def test_what_is_no_token_is_refused(door: Door, token: str) -> None:
    headers = {b"Authorization": f"Bearer {token}".encode("latin-1")}
    answer = await door.client.post("/v1/tickets", json=TICKET, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "token.invalid")


async def test_repeated_requests_of_a_token_are_done_once(door: Door, member: Member) -> None:
    token = await make(door, await door.sign_in((await member()).email))
    key = str(uuid7())
    first, second = [await use(door, token, Idempotency_Key=key) for _ in range(2)]
    assert expect(first, 201)["id"] == expect(second, 201)["id"]
    assert second.headers["Idempotency-Replayed"] == "true"
