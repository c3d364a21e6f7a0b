"""Who may come in, and who only says so."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta, timezone
from uuid import UUID

import httpx
import pytest

from runtime.tokens import READ_API, WRITE_API, AccessTokens
from tests.support.desk import PASSWORD, Caller, expect, problem
from tests.support.people import People
from tests.support.served import Served
from tests.support.words import word

UNKNOWN_ID = "01920000-0000-7000-8000-000000000000"
GOOD = {"subject": "Printer", "body": "Stripes."}
PATHS = {"write": "/v1/sessions", "read": "/v1/tickets"}
AUDIENCES = [(WRITE_API, "write", "read"), (READ_API, "read", "write")]


@pytest.mark.parametrize("api", ["write", "read"])
async def test_a_bad_token_is_refused(served: Served, people: People, api: str) -> None:
    client: httpx.AsyncClient = getattr(people.anonymous, api)
    tokens = AccessTokens(served.settings)
    agent_id, session_id = UUID(people.agent.id), UUID(UNKNOWN_ID)
    long_ago = datetime.now(timezone.utc) - timedelta(days=1)
    soon = datetime.now(timezone.utc) + timedelta(hours=1)
    forger = AccessTokens(served.settings.copy(update={"token_secret": served.settings.cursor_secret}))
    header, claims, signature = people.agent.token.split(".")
    bad = {
        "expired": tokens.issue(agent_id, "agent", session_id, long_ago)[0],
        "from the future": tokens.issue(agent_id, "agent", session_id, soon)[0],
        "signed by another": forger.issue(agent_id, "agent", session_id, datetime.now(timezone.utc))[0],
        "unsigned": f"{unsigned_header(header)}.{claims}.",
        "changed": f"{header}.{claims[:-2]}.{signature}",
        "no token at all": "nonsense",
        "a megabyte": "x" * 20_000,
    }
    for name, token in bad.items():
        headers = {"Authorization": f"Bearer {token}"}
        if api == "write":
            answer = await client.post("/v1/tickets", json=GOOD, headers=headers)
        else:
            answer = await client.get("/v1/tickets", headers=headers)
        assert answer.status_code in (401, 431, 400), f"{name}: {answer.text}"
        if answer.status_code == 401:
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            assert answer.json()["code"] == "token.invalid"


def unsigned_header(header: str) -> str:
    """Of the same key, so that its algorithm is all that is wrong."""
    said = {**json.loads(base64.urlsafe_b64decode(header + "==")), "alg": "none"}
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


@pytest.mark.parametrize(("audience", "taken", "refused"), AUDIENCES)
async def test_a_token_for_one_api_opens_the_other_one_not(
    people: People, audience: str, taken: str, refused: str
) -> None:
    body = {"email": people.agent.email, "password": PASSWORD, "audience": audience}
    signed_in = expect(await people.anonymous.write.post("/v1/sessions", json=body), 201)
    refresh = {"refresh_token": signed_in["refresh_token"], "audience": audience}
    refreshed = expect(await people.anonymous.write.post("/v1/sessions/refresh", json=refresh))
    both = expect(
        await people.anonymous.write.post(
            "/v1/sessions/refresh", json={"refresh_token": refreshed["refresh_token"], "audience": None}
        )
    )
    for token in (signed_in["access_token"], refreshed["access_token"]):
        headers = {"Authorization": f"Bearer {token}"}
        expect(await getattr(people.anonymous, taken).get(PATHS[taken], headers=headers))
        problem(await getattr(people.anonymous, refused).get(PATHS[refused], headers=headers), 401, "token.invalid")
    for api, path in PATHS.items():
        headers = {"Authorization": f"Bearer {both['access_token']}"}
        expect(await getattr(people.anonymous, api).get(path, headers=headers))


@pytest.mark.parametrize("path", ["/v1/tickets", "/v1/users", "/v1/documents"])
async def test_commands_need_somebody_signed_in(anonymous: Caller, path: str) -> None:
    answer = await anonymous.write.post(path, json={})
    assert answer.status_code == 401, answer.text
    problem(answer, 401, "authentication.required")


async def test_customers_do_not_do_what_agents_do(customer: Caller) -> None:
    for path, body in (
        ("/v1/users", {"name": "N", "email": "n@example.com", "role": "admin", "password": "long enough password"}),
        ("/v1/groups", {"name": "G"}),
        ("/v1/documents", {"title": "T", "body": "B", "locale": "en"}),
        ("/v1/categories", {"names": {"en": "C"}}),
        ("/v1/ticket-fields", {"key": "k", "label": "L", "type": "text"}),
    ):
        answer = await customer.write.post(path, json=body)
        assert answer.status_code == 403, f"{path}: {answer.text}"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("nobody@example.com", "correct-horse-battery-staple"),
        ("{admin}", "wrong password"),
        ("{admin}", "x" * 73),
        ("{admin}", "😀" * 18),
        ("not an address", "x"),
        ("a" * 300 + "@example.com", "x"),
    ],
)
async def test_wrong_logins_all_look_alike(people: People, email: str, password: str) -> None:
    body = {"email": email.format(admin=people.admin.email), "password": password}
    answer = await people.anonymous.write.post("/v1/sessions", json=body)
    assert answer.status_code == 401, answer.text
    control = await people.anonymous.write.post(
        "/v1/sessions", json={"email": f"{word()}@example.com", "password": "correct-horse"}
    )
    volatile = ("request_id",)
    assert {k: v for k, v in answer.json().items() if k not in volatile} == {
        k: v for k, v in control.json().items() if k not in volatile
    }
