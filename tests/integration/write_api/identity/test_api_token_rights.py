"""What a program may do with a token, and who else may do something about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from domain.shared.ids import uuid7
from tests.integration.write_api.identity.api_tokens import TICKET, UNKNOWN_ID, listed, make, use
from tests.integration.write_api.identity.conftest import PASSWORD, Door, Member, bearer
from tests.support.desk import expect
from write_api.persistence.unit_of_work import Pool


async def test_a_token_acts_as_its_user(door: Door, member: Member, pool: Pool) -> None:
    user = await member()
    token = await make(door, await door.sign_in(user.email), "tickets:write")
    assert token["token"].startswith("tdk_") and token["token"].endswith(token["hint"])
    opened = expect(await use(door, token), 201)
    requester_id = await pool.fetchval("SELECT requester_id FROM tickets WHERE id = $1", UUID(opened["id"]))
    assert requester_id == user.id
    actor_id = await pool.fetchval("SELECT actor_id FROM domain_events WHERE aggregate_id = $1", UUID(opened["id"]))
    assert actor_id == user.id


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
