"""Whatever a caller sends: a clear problem, nothing changed, and never a 500."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.support.desk import Caller, expect, problem
from tests.support.people import People
from tests.support.world import World

UNKNOWN_ID = "01920000-0000-7000-8000-000000000000"
MEGABYTE = 1_048_576
GOOD = {"subject": "Printer", "body": "Stripes."}


@pytest_asyncio.fixture(autouse=True)
async def nothing_changed(served_world: World) -> AsyncIterator[None]:
    """Holds for every test here."""
    count = "SELECT count(*) FROM domain_events WHERE aggregate_type <> 'session'"
    before = await served_world.pool.fetchval(count)
    yield
    assert await served_world.pool.fetchval(count) == before


@dataclass(frozen=True)
class BadBody:
    content: bytes
    status: int
    code: str
    pointer: str | None = None
    item_code: str | None = None


def ticket_with(**fields: Any) -> bytes:
    return json.dumps({**GOOD, **fields}).encode()


BAD_BODIES = {
    "broken": BadBody(b'{"subject": "Printer", ', 400, "body.malformed"),
    "not UTF-8": BadBody(b'{"subject": "\xff\xfe"}', 400, "body.malformed"),
    "NaN": BadBody(b'{"subject": NaN}', 400, "body.malformed"),
    "a name twice": BadBody(b'{"subject": "a", "subject": "b", "body": "c"}', 400, "body.malformed"),
    "very deep": BadBody(b'{"custom_fields": ' + b"[" * 5000 + b"]" * 5000 + b"}", 400, "body.too_deep"),
    "empty": BadBody(b"", 422, "request.invalid"),
    "a list": BadBody(b"[]", 422, "request.invalid"),
    "null": BadBody(b"null", 422, "request.invalid"),
    "half a surrogate pair": BadBody(
        b'{"subject": "\\ud800", "body": "b"}', 422, "request.invalid", "/subject", "value.not_text"
    ),
    "half a pair in a name": BadBody(b'{"\\ud800": 1, "subject": "s", "body": "b"}', 422, "request.invalid"),
    "NUL": BadBody(ticket_with(subject="a\0b"), 422, "request.invalid", "/subject", "value.not_text"),
    "NUL in a tag": BadBody(ticket_with(tags=["ok", "a\0b"]), 422, "request.invalid", "/tags/1", "value.not_text"),
    "beyond bigint": BadBody(
        ticket_with(custom_fields={"floor": 10**30}),
        422,
        "request.invalid",
        "/custom_fields/floor",
        "value.out_of_range",
    ),
    "an unknown field": BadBody(ticket_with(role="admin"), 422, "request.invalid", "/role", "field.unknown"),
    "a field of the server": BadBody(ticket_with(version=7), 422, "request.invalid", "/version", "field.unknown"),
    "a missing field": BadBody(b'{"subject": "s"}', 422, "request.invalid", "/body", "field.required"),
    "a wrong choice": BadBody(ticket_with(priority="huge"), 422, "request.invalid", "/priority"),
    "a wrong type": BadBody(ticket_with(subject=7), 422, "request.invalid", "/subject"),
    "an empty subject": BadBody(ticket_with(subject=""), 422, "request.invalid", "/subject"),
    "a long subject": BadBody(ticket_with(subject="x" * 501), 422, "request.invalid", "/subject"),
    "not an id": BadBody(ticket_with(group_id="1; DROP TABLE"), 422, "request.invalid", "/group_id"),
    "5 MB": BadBody(ticket_with(body="x" * (5 * MEGABYTE)), 413, "body.too_large"),
}


@pytest.mark.parametrize("name", BAD_BODIES)
async def test_a_bad_body_is_refused(agent: Caller, name: str) -> None:
    bad = BAD_BODIES[name]
    answer = await agent.write.post("/v1/tickets", content=bad.content, headers={"Content-Type": "application/json"})
    body = problem(answer, bad.status, bad.code)
    if bad.pointer is not None:
        assert bad.pointer in [error["pointer"] for error in body["errors"]]
    if bad.item_code is not None:
        assert bad.item_code in [error["code"] for error in body["errors"]]


async def test_a_body_of_unknown_length_is_limited_too(agent: Caller) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b'{"subject": "'
        for _ in range(5 * 16):
            yield b"x" * (MEGABYTE // 16)
        yield b'"}'

    answer = await agent.write.post("/v1/tickets", content=endless(), headers={"Content-Type": "application/json"})
    problem(answer, 413, "body.too_large")


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
async def test_only_json_is_taken(agent: Caller, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    answer = await agent.write.post("/v1/tickets", content=ticket_with(), headers=headers)
    problem(answer, 415, "body.unsupported_type")


@pytest.mark.parametrize("path", ["/v1/users", "/v1/sessions", "/v1/password-resets"])
async def test_an_address_of_spaces_takes_no_time(admin: Caller, path: str) -> None:
    body = {"email": "a" + " " * 100_000 + "@", "name": "Ada", "role": "customer", "password": "x" * 20}
    known = {"/v1/users": body.keys(), "/v1/sessions": ("email", "password"), "/v1/password-resets": ("email",)}
    durations = []
    for _ in range(5):
        answer = await admin.write.post(path, json={name: body[name] for name in known[path]})
        problem(answer, 422, "request.invalid")
        durations.append(answer.elapsed.total_seconds())
    # The machine may be busy at one moment or the other, but not at every one.
    assert min(durations) < 0.05


BAD_READS: Mapping[str, tuple[str, Mapping[str, str], int]] = {
    "forged cursor": ("/v1/tickets", {"cursor": "eyJhbGciOiJub25lIn0"}, 422),
    "cursor of no base64": ("/v1/tickets", {"cursor": "💥"}, 422),
    "limit of 0": ("/v1/tickets", {"limit": "0"}, 422),
    "limit of a billion": ("/v1/tickets", {"limit": "1000000000"}, 422),
    "limit beyond bigint": ("/v1/tickets", {"limit": str(10**30)}, 422),
    "no number": ("/v1/tickets", {"limit": "many"}, 422),
    "unknown sort": ("/v1/tickets", {"sort": "password"}, 422),
    "unknown status": ("/v1/tickets", {"status": "lost"}, 422),
    "no date": ("/v1/tickets", {"created_after": "yesterday-ish"}, 422),
    "unknown parameter": ("/v1/tickets", {"colour": "red"}, 422),
    "unknown facet": ("/v1/search/tickets", {"q": "x", "facets": "password_hash"}, 422),
    "unknown field in q": ("/v1/search/tickets", {"q": "secret_field:x"}, 422),
    "index field in q": ("/v1/search/tickets", {"q": "internal_all:x"}, 422),
    "very long q": ("/v1/search/tickets", {"q": "x" * 5000}, 422),
    "bad comparison": ("/v1/search/tickets", {"q": "created>never"}, 422),
    "number beyond long": ("/v1/search/tickets", {"q": f"number:{10**30}"}, 422),
}


@pytest.mark.parametrize("name", BAD_READS)
async def test_a_bad_query_is_refused(agent: Caller, name: str) -> None:
    path, params, status = BAD_READS[name]
    answer = await agent.read.get(path, params=params)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.json()["errors"], "the parameter is named"


async def test_an_unknown_field_in_a_query_is_pointed_at(agent: Caller) -> None:
    answer = await agent.read.get("/v1/search/tickets", params={"q": "colour:red"})
    assert expect(answer, 422)["errors"][0]["pointer"] == "/q"


@pytest.mark.parametrize(
    "text",
    [
        'an "unbalanced quote',
        '"',
        "*",
        "/.*a{1000}/",
        "((((",
        "field:",
        ":value",
        "-",
        "a" * 250,
        "\u0000",
        "💥 🎫",
    ],
)
async def test_odd_text_still_searches(agent: Caller, text: str) -> None:
    answer = await agent.read.get("/v1/search/tickets", params={"q": text})
    assert answer.status_code in (200, 422), answer.text
    if "quote" in text:
        assert answer.status_code == 200


async def test_a_cursor_belongs_to_its_caller_and_query(people: People) -> None:
    agent, reviewer = people.agent, people.reviewer
    first = expect(await agent.read.get("/v1/users", params={"limit": 1}))
    assert first["next"]
    mine = await agent.read.get("/v1/users", params={"limit": 1, "cursor": first["next"]})
    expect(mine)
    here: dict[str, str | int] = {"limit": 1, "cursor": first["next"]}
    for caller, path, params in (
        (reviewer, "/v1/users", here),
        (agent, "/v1/groups", here),
        (agent, "/v1/users", {**here, "q": "ada"}),
    ):
        answer = await caller.read.get(path, params=params)
        body = problem(answer, 422, "request.invalid")
        assert body["errors"][0]["code"] == "cursor.invalid"
        assert body["errors"][0]["parameter"] == "cursor"
    changed = first["next"][:-4] + ("AAAA" if first["next"][-4:] != "AAAA" else "BBBB")
    problem(await agent.read.get("/v1/users", params={"limit": 1, "cursor": changed}), 422, "request.invalid")


@pytest.mark.parametrize(
    "reference", [UNKNOWN_ID, "999999999", "9" * 30, "0", "-1", "not-an-id", "..%2f..%2fetc", "%00"]
)
@pytest.mark.parametrize("path", ["/v1/tickets/{}", "/v1/tickets/{}/messages", "/v1/documents/{}", "/v1/users/{}"])
async def test_unknown_things_are_not_found(agent: Caller, path: str, reference: str) -> None:
    answer = await agent.read.get(path.format(reference))
    assert answer.status_code in (404, 422), answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")


async def test_commands_on_unknown_things_are_refused(agent: Caller) -> None:
    any_version = {"If-Match": '"v1"'}
    for method, path, body in (
        ("PATCH", f"/v1/tickets/{UNKNOWN_ID}", {"priority": "high"}),
        ("POST", f"/v1/tickets/{UNKNOWN_ID}/messages", {"body": "Hi", "visibility": "public"}),
        ("POST", f"/v1/tickets/{UNKNOWN_ID}/status", {"status": "open"}),
        ("PUT", f"/v1/documents/{UNKNOWN_ID}/draft", {"title": "T", "body": "B"}),
        ("POST", f"/v1/documents/{UNKNOWN_ID}/submit", {}),
    ):
        answer = await agent.write.request(method, path, json=body, headers=any_version)
        assert answer.status_code == 404, f"{method} {path}: {answer.text}"
    unknown_group = await agent.write.post("/v1/tickets", json={**GOOD, "group_id": UNKNOWN_ID})
    assert unknown_group.status_code == 422, unknown_group.text
    assert unknown_group.json()["errors"][0]["pointer"] == "/group_id"


@pytest.mark.parametrize("api", ["write", "read"])
async def test_unknown_addresses_and_methods_are_problems(people: People, api: str) -> None:
    client: httpx.AsyncClient = getattr(people.agent, api)
    problem(await client.get("/v1/nothing-here"), 404, "route.not_found")
    wrong = await client.request("TRACE", "/v1/tickets")
    assert wrong.status_code == 405
    assert wrong.headers["Allow"]
    bad_host = await client.get("/v1/tickets", headers={"Host": "evil.example"})
    assert bad_host.status_code == 400
    assert bad_host.json()["code"] == "host.refused"


async def test_a_forged_consistency_token_is_refused(agent: Caller) -> None:
    for token in ("nonsense", "AAAA", "💥".encode().hex()):
        answer = await agent.read.get("/v1/tickets", headers={"Consistency-Token": token, "Prefer": "wait=1"})
        problem(answer, 400, "consistency_token.invalid")
