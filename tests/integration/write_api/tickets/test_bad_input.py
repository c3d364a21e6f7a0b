"""Whatever a stranger sends: a clear problem, nothing written, and never a 500."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
import pytest
import pytest_asyncio
from starlette.types import ASGIApp

from domain.shared.ids import uuid7
from runtime.settings import Settings
from runtime.tokens import AccessTokens
from tests.integration.write_api.conftest import Someone, opened
from tests.support.asgi import client_for
from write_api.persistence.unit_of_work import Pool

pytestmark = pytest.mark.integration
JSON = {"Content-Type": "application/json"}
GOOD = {"subject": "Fine", "body": "Fine."}


@pytest_asyncio.fixture
async def ticket(agent: Someone) -> dict[str, Any]:
    return await opened(agent)


def assert_problem(answer: httpx.Response, status: int, code: str | None = None, pointer: str | None = None) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["detail"] and problem["title"] and problem["request_id"]
    if code is not None:
        assert problem["code"] == code
    if pointer is not None:
        assert pointer in [error.get("pointer") for error in problem["errors"]]


async def everything(pool: Pool) -> tuple[int, ...]:
    row = await pool.fetchrow(
        "SELECT (SELECT count(*) FROM tickets), (SELECT count(*) FROM messages), (SELECT count(*) FROM domain_events),"
        " (SELECT count(*) FROM outbox), (SELECT count(*) FROM idempotency_keys), (SELECT sum(version) FROM tickets)"
    )
    assert row is not None
    return tuple(row)


# What arrives, and what is answered: status, code, pointer.
BODIES: dict[str, tuple[bytes, int, str, str | None]] = {
    "broken JSON": (b'{"subject": ', 400, "body.malformed", None),
    "no JSON at all": (b"hello", 400, "body.malformed", None),
    "not UTF-8": (b'{"subject": "\xff", "body": "x"}', 400, "body.malformed", None),
    "a lone surrogate": (b'{"subject": "\\ud800", "body": "x"}', 422, "request.invalid", "/subject"),
    "a lone surrogate in a name": (b'{"\\udfff": 1, "subject": "x", "body": "x"}', 422, "request.invalid", None),
    "NUL in the subject": (b'{"subject": "a\\u0000b", "body": "x"}', 422, "request.invalid", "/subject"),
    "NUL in the body": (b'{"subject": "x", "body": "\\u0000"}', 422, "request.invalid", "/body"),
    "NUL in a tag": (b'{"subject": "x", "body": "x", "tags": ["\\u0000"]}', 422, "request.invalid", "/tags/0"),
    "NUL in a custom field": (
        b'{"subject": "x", "body": "x", "custom_fields": {"a": "\\u0000"}}',
        422,
        "request.invalid",
        "/custom_fields/a",
    ),
    "an integer beyond bigint": (
        b'{"subject": "x", "body": "x", "custom_fields": {"a": 1' + b"0" * 30 + b"}}",
        422,
        "request.invalid",
        "/custom_fields/a",
    ),
    "an integer of a million digits": (
        b'{"subject": "x", "body": "x", "custom_fields": {"a": 1' + b"0" * 500_000 + b"}}",
        400,
        "body.malformed",
        None,
    ),
    "NaN": (b'{"subject": "x", "body": "x", "custom_fields": {"a": NaN}}', 400, "body.malformed", None),
    "nesting without end": (b'{"custom_fields":' * 50_000, 400, "body.too_deep", None),
    "a name twice": (b'{"subject": "x", "subject": "y", "body": "x"}', 400, "body.malformed", None),
    "a number as subject": (b'{"subject": 5, "body": "x"}', 422, "request.invalid", "/subject"),
    "true as body": (b'{"subject": "x", "body": true}', 422, "request.invalid", "/body"),
    "a list": (b"[]", 422, "request.invalid", None),
    "nothing": (b"", 422, "request.invalid", None),
    "null": (b"null", 422, "request.invalid", None),
    "an unknown field": (b'{"subject": "x", "body": "x", "colour": "red"}', 422, "request.invalid", "/colour"),
    "a field of the server": (b'{"subject": "x", "body": "x", "version": 9}', 422, "request.invalid", "/version"),
    "a missing field": (b'{"subject": "x"}', 422, "request.invalid", "/body"),
    "an unknown priority": (b'{"subject": "x", "body": "x", "priority": "huge"}', 422, "request.invalid", "/priority"),
    "an id that is none": (b'{"subject": "x", "body": "x", "group_id": "7"}', 422, "request.invalid", "/group_id"),
    "a blank subject": (b'{"subject": "   ", "body": "x"}', 422, "text.blank", "/subject"),
    "a long subject": (
        json.dumps({"subject": "x" * 501, "body": "x"}).encode(),
        422,
        "request.invalid",
        "/subject",
    ),
    "a long body": (json.dumps({"subject": "x", "body": "x" * 262_145}).encode(), 422, "request.invalid", "/body"),
    "too many tags": (
        json.dumps({"subject": "x", "body": "x", "tags": [str(index) for index in range(65)]}).encode(),
        422,
        "request.invalid",
        "/tags",
    ),
    "a locale that is none": (b'{"subject": "x", "body": "x", "locale": "12"}', 422, "locale.invalid", "/locale"),
    "5 MB": (b'{"subject": "x", "body": "' + b"x" * 5_000_000 + b'"}', 413, "body.too_large", None),
}


@pytest.mark.parametrize("name", BODIES)
async def test_bodies_that_open_no_ticket(agent: Someone, pool: Pool, name: str) -> None:
    content, status, code, pointer = BODIES[name]
    before = await everything(pool)
    headers = {**JSON, "Idempotency-Key": str(uuid7())}
    answer = await agent.client.post("/v1/tickets", content=content, headers=headers)
    assert_problem(answer, status, code, pointer)
    assert await everything(pool) == before


@pytest.mark.parametrize("name", [name for name in BODIES if BODIES[name][2] not in ("text.blank", "locale.invalid")])
@pytest.mark.parametrize(
    ("method", "path"), [("PATCH", ""), ("POST", "/messages"), ("POST", "/status")], ids=["patch", "message", "status"]
)
async def test_bodies_that_change_no_ticket(
    agent: Someone, pool: Pool, ticket: dict[str, Any], name: str, method: str, path: str
) -> None:
    content = BODIES[name][0]
    if name in ("a missing field", "an unknown priority", "an id that is none", "a long subject", "too many tags"):
        content = b'{"nothing": "of it"}'
    before = await everything(pool)
    answer = await agent.client.request(
        method, f"/v1/tickets/{ticket['id']}{path}", content=content, headers={**JSON, "If-Match": '"v1"'}
    )
    assert 400 <= answer.status_code < 500
    assert_problem(answer, answer.status_code)
    assert await everything(pool) == before


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1"]
)
async def test_only_json_is_taken(agent: Someone, pool: Pool, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    before = await everything(pool)
    answer = await agent.client.post("/v1/tickets", content=json.dumps(GOOD).encode(), headers=headers)
    assert_problem(answer, 415, "body.unsupported_type")
    assert await everything(pool) == before


async def test_a_merge_patch_is_no_way_to_post(agent: Someone) -> None:
    answer = await agent.client.post(
        "/v1/tickets", content=json.dumps(GOOD).encode(), headers={"Content-Type": "application/merge-patch+json"}
    )
    assert_problem(answer, 415)


@pytest.mark.parametrize("ticket_id", ["7", "null", "..", "%00", "x" * 5000, "01920000-0000-7000-8000-000000000000"])
async def test_ids_that_name_nothing(agent: Someone, ticket_id: str) -> None:
    answer = await agent.client.patch(f"/v1/tickets/{ticket_id}", json={"subject": "x"}, headers={"If-Match": '"v1"'})
    assert answer.status_code in (404, 405)
    assert_problem(answer, answer.status_code)


@pytest.mark.parametrize(
    ("if_match", "status"),
    [
        ("v1", 400),
        ('"v1", "v2"', 400),
        ('"v99999999999999999999999999"', 412),
        ('"v0"', 412),
        ('"v-1"', 412),
        ("", 400),
    ],
)
async def test_if_match_headers_that_match_nothing(
    agent: Someone, ticket: dict[str, Any], if_match: str, status: int
) -> None:
    answer = await agent.client.patch(
        f"/v1/tickets/{ticket['id']}", json={"subject": "x"}, headers={"If-Match": if_match}
    )
    assert_problem(answer, status)


@pytest.mark.parametrize("name", ["subject", "priority"])
async def test_null_clears_only_what_may_be_empty(agent: Someone, ticket: dict[str, Any], name: str) -> None:
    answer = await agent.client.patch(f"/v1/tickets/{ticket['id']}", json={name: None}, headers={"If-Match": '"v1"'})
    assert_problem(answer, 422, "request.invalid", f"/{name}")


async def test_tokens_that_are_none(app: ASGIApp, settings: Settings, agent: Someone) -> None:
    now = datetime.now(timezone.utc)
    tokens = AccessTokens(settings)
    expired, _ = tokens.issue(agent.user.id, "agent", agent.session.id, now - timedelta(days=1))
    other_secret = AccessTokens(settings.copy(update={"token_secret": type(settings.token_secret)("x" * 40)}))
    forged, _ = other_secret.issue(agent.user.id, "agent", agent.session.id, now)
    foreign_session, _ = tokens.issue(agent.user.id, "agent", uuid7(), now)
    somebody_elses, _ = tokens.issue(uuid7(), "admin", agent.session.id, now)
    unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.e30."
    for token in (expired, forged, foreign_session, somebody_elses, unsigned, "x", "a.b.c", "x" * 30_000):
        async with client_for(app, {"Authorization": f"Bearer {token}"}) as client:
            assert_problem(await client.post("/v1/tickets", json=GOOD), 401, "token.invalid")
    async with client_for(app, {"Authorization": f"Bearer {'x' * 1_000_000}"}) as client:
        assert_problem(await client.post("/v1/tickets", json=GOOD), 431, "head.too_large")


async def test_the_caller_does_not_choose_the_author(agent: Someone) -> None:
    for name in ("author_id", "id", "number", "created_at", "status", "channel", "external_id"):
        answer = await agent.client.post("/v1/tickets", json={**GOOD, name: "1"})
        assert_problem(answer, 422, "request.invalid", f"/{name}")
