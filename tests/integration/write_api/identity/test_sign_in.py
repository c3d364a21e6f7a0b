from __future__ import annotations

import hashlib
from uuid import UUID

import bcrypt
import pytest

from runtime.settings import Settings
from tests.integration.write_api.conftest import Someone, stored_user
from tests.integration.write_api.identity.conftest import PASSWORD, Door, Member
from tests.integration.write_api.rows import event_types, pending
from write_api.persistence.unit_of_work import Pool, UnitOfWorkFactory


async def test_the_right_password_opens_a_session(door: Door, member: Member, settings: Settings) -> None:
    user = await member()
    answer = await door.client.post("/v1/sessions", json={"email": f" {user.email.upper()} ", "password": PASSWORD})
    assert answer.status_code == 201
    body = answer.json()
    assert answer.headers["location"] == f"/v1/sessions/{body['session_id']}"
    assert (body["token_type"], body["expires_in"]) == ("Bearer", settings.access_token_ttl_s)
    listed = await door.sessions(body)
    assert [item["id"] for item in listed.json()["items"]] == [body["session_id"]]


async def test_nothing_that_signs_in_is_stored(door: Door, member: Member, pool: Pool) -> None:
    user = await member()
    signed_in = await door.sign_in(user.email)
    session_id = UUID(signed_in["session_id"])
    stored = await pool.fetchval("SELECT token_hash FROM refresh_tokens WHERE session_id = $1", session_id)
    assert stored == hashlib.sha256(signed_in["refresh_token"].encode()).digest()
    stored_hash = await pool.fetchval("SELECT password_hash FROM credentials WHERE user_id = $1", user.id)
    assert stored_hash.startswith("hs384:$2b$")
    assert await event_types(pool, signed_in["session_id"]) == ["SessionStarted"]
    # For the audit log, which says who signed in and from where, but not with what.
    assert await pending(pool, signed_in["session_id"]) == [("session", 1, "SessionStarted")]


async def test_an_older_hash_is_renewed_by_signing_in(door: Door, member: Member, pool: Pool) -> None:
    user = await member()
    older = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    await pool.execute("UPDATE credentials SET password_hash = $2 WHERE user_id = $1", user.id, older)
    wrong = await door.client.post("/v1/sessions", json={"email": user.email, "password": "wrong horse battery"})
    assert wrong.status_code == 401
    assert await pool.fetchval("SELECT password_hash FROM credentials WHERE user_id = $1", user.id) == older
    for _ in range(2):
        await door.sign_in(user.email)
        assert (await pool.fetchval("SELECT password_hash FROM credentials WHERE user_id = $1", user.id))[
            :6
        ] == "hs384:"


async def test_every_refusal_looks_the_same(
    door: Door, member: Member, admin: Someone, unit_of_work: UnitOfWorkFactory
) -> None:
    user, without_password = await member(), await stored_user(unit_of_work, "customer")
    gone = await member()
    url, if_match = f"/v1/users/{gone.id}", {"If-Match": '"v1"'}
    assert (await admin.client.patch(url, json={"active": False}, headers=if_match)).status_code == 200
    tries = {
        "wrong": (user.email, "wrong horse battery"),
        "unknown": ("nobody@example.com", PASSWORD),
        "inactive": (gone.email, PASSWORD),
        "without a password": (without_password.email, PASSWORD),
        "73 bytes": (user.email, "x" * 73),
        "19 emoji": (user.email, "\U0001f512" * 19),
        "empty": (user.email, ""),
        "no address": ("not an address", PASSWORD),
    }
    for name, (email, password) in tries.items():
        answer = await door.client.post("/v1/sessions", json={"email": email, "password": password})
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (401, "session.credentials_wrong"), name
        assert problem["detail"] == "The email or the password is wrong, or the user is deactivated.", name
        assert answer.headers["www-authenticate"].startswith("Bearer"), name


@pytest.mark.parametrize(
    "body",
    [
        {"email": "a@example.com"},
        {"email": "a@example.com", "password": 12345678},
        {"email": "a@example.com", "password": "nul\0nul"},
        {"email": "a@example.com", "password": "x" * 5_000},
        {"email": "a@example.com", "password": "12345678", "role": "admin"},
    ],
)
async def test_a_malformed_sign_in_is_refused_as_such(door: Door, body: dict[str, object]) -> None:
    answer = await door.client.post("/v1/sessions", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid")


async def test_an_idempotency_key_stores_no_credentials(door: Door, member: Member, pool: Pool) -> None:
    user = await member()
    body, headers = {"email": user.email, "password": PASSWORD}, {"Idempotency-Key": f"sign-in-{user.id}"}
    answers = [await door.client.post("/v1/sessions", json=body, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["session_id"] != answers[1].json()["session_id"]
    stored = await pool.fetchval("SELECT count(*) FROM idempotency_keys WHERE key = $1", headers["Idempotency-Key"])
    assert stored == 0
