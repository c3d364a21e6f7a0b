"""Who signed in, who tried to, who changed whom: with the address it came from, and never with a secret."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.types import ASGIApp

from domain.shared.ids import uuid7
from tests.integration.write_api.conftest import Someone
from tests.integration.write_api.identity.conftest import PASSWORD, Member
from tests.integration.write_api.identity.test_guessing import From
from tests.integration.write_api.rows import one_row
from tests.support.asgi import client_for
from write_api.persistence.unit_of_work import Pool

ADDRESS = "203.0.113.77"
BROWSER = "Mozilla/5.0 (tests)"


@pytest.fixture
def browser(app: ASGIApp) -> httpx.AsyncClient:
    return client_for(From(app, ADDRESS), {"User-Agent": BROWSER})


async def signed_in(browser: httpx.AsyncClient, email: str, password: str = PASSWORD) -> dict[str, Any]:
    answer = await browser.post("/v1/sessions", json={"email": email, "password": password})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def event_of(pool: Pool, aggregate_id: str | UUID, event_type: str) -> dict[str, Any]:
    sql = "SELECT * FROM domain_events WHERE aggregate_id = $1 AND type = $2"
    return await one_row(pool, sql, UUID(str(aggregate_id)), event_type)


async def test_a_sign_in_its_refresh_and_its_end_name_the_person(
    browser: httpx.AsyncClient, member: Member, pool: Pool
) -> None:
    user = await member()
    session = await signed_in(browser, user.email)
    refreshed = await browser.post("/v1/sessions/refresh", json={"refresh_token": session["refresh_token"]})
    assert refreshed.status_code == 200
    token = {"Authorization": f"Bearer {refreshed.json()['access_token']}"}
    assert (await browser.delete("/v1/sessions/current", headers=token)).status_code == 204
    for event_type in ("SessionStarted", "SessionRefreshed", "SessionRevoked"):
        event = await event_of(pool, session["session_id"], event_type)
        assert (event["actor_id"], str(event["session_id"])) == (user.id, session["session_id"])
        assert (event["ip_address"], event["user_agent"]) == (ADDRESS, BROWSER)
        assert event["request_id"]


async def test_a_change_of_rights_has_before_and_after(
    admin: Someone, app: ASGIApp, member: Member, pool: Pool
) -> None:
    user = await member()
    headers = {"Authorization": admin.client.headers["Authorization"], "User-Agent": BROWSER, "If-Match": "*"}
    client = client_for(From(app, ADDRESS), headers)
    answer = await client.patch(f"/v1/users/{user.id}", json={"role": "agent", "name": "Ada New"})
    assert answer.status_code == 200, answer.text
    role = await event_of(pool, user.id, "UserRoleChanged")
    assert role["data"] == {"before": "customer", "after": "agent"}
    name = await event_of(pool, user.id, "UserChanged")
    assert name["data"]["changes"]["name"] == {"before": user.name, "after": "Ada New"}
    for event in (role, name):
        assert (event["actor_id"], event["session_id"]) == (admin.user.id, admin.session.id)
        assert (event["ip_address"], event["user_agent"]) == (ADDRESS, BROWSER)


@pytest.mark.parametrize("who", ["somebody", "nobody"])
async def test_a_failed_sign_in_is_on_its_way_into_the_log(
    browser: httpx.AsyncClient, member: Member, pool: Pool, who: str
) -> None:
    user = await member()
    request_id = uuid7().hex
    email = user.email if who == "somebody" else f"{uuid7()}@example.com"
    answer = await browser.post(
        "/v1/sessions",
        json={"email": email, "password": "wrong horse battery"},
        headers={"X-Request-ID": request_id},
    )
    assert answer.status_code == 401
    failure = await one_row(pool, "SELECT * FROM sign_in_failures WHERE request_id = $1", request_id)
    assert (failure["ip_address"], failure["user_agent"]) == (ADDRESS, BROWSER)
    assert failure["user_id"] == (user.id if who == "somebody" else None)
    pending = await one_row(pool, "SELECT * FROM outbox WHERE event_id = $1", failure["id"])
    # Behind everything live, as strangers make as many as they like.
    assert (pending["aggregate_type"], pending["lane"]) == ("sign_in", 1)


async def test_no_password_and_no_token_is_in_the_log(
    browser: httpx.AsyncClient, admin: Someone, member: Member, pool: Pool
) -> None:
    user = await member()
    session = await signed_in(browser, user.email)
    secret = f"another-{uuid7()}"
    answer = await admin.client.patch(f"/v1/users/{user.id}", json={"password": secret}, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    await browser.post("/v1/sessions", json={"email": user.email, "password": secret + "?"})
    await signed_in(browser, user.email, secret)
    assert await event_of(pool, user.id, "UserPasswordChanged")
    stored_hash = await pool.fetchval("SELECT password_hash FROM credentials WHERE user_id = $1", user.id)
    rows = await pool.fetch("SELECT to_jsonb(e)::text AS line FROM domain_events AS e") + await pool.fetch(
        "SELECT to_jsonb(f)::text AS line FROM sign_in_failures AS f"
    )
    text = json.dumps([row["line"] for row in rows])
    for hidden in (PASSWORD, secret, session["access_token"], session["refresh_token"], stored_hash):
        assert hidden not in text
