"""What every answer carries, whatever it answers."""

from __future__ import annotations

import httpx
import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send
from structlog.testing import capture_logs

from runtime.guards.crash import CrashGuard
from tests.unit.runtime.api import client_of, make_app, settings_of

PORTAL = "https://portal.example.com"


@pytest.mark.parametrize("path", ["/v1/things", "/v1/nothing", "/v1/things/fail/now", "/livez", "/openapi.json"])
async def test_each_answer_has_the_security_headers(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe-inline" not in headers["content-security-policy"]
    assert "strict-transport-security" not in headers and "server" not in headers


async def test_refusals_before_the_routes_have_them_too(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/things", content=b"x")
    assert answer.status_code == 415 and answer.headers["x-content-type-options"] == "nosniff"


async def test_only_the_documentation_page_may_run_scripts(client: httpx.AsyncClient) -> None:
    answer = await client.get("/docs")
    assert answer.status_code == 200 and "script-src" in answer.headers["content-security-policy"]


async def test_https_is_pinned_where_it_is_used() -> None:
    async with client_of(make_app(settings_of(public_url="https://desk.example.com"))) as client:
        assert "strict-transport-security" in (await client.get("/livez")).headers


@pytest.mark.parametrize("received", ["0190-abc.def:1", "a" * 128])
async def test_a_sane_request_id_is_taken_over(client: httpx.AsyncClient, received: str) -> None:
    assert (await client.get("/livez", headers={"X-Request-ID": received})).headers["x-request-id"] == received


@pytest.mark.parametrize(
    "received", ["", "short", "a" * 129, "with space here", 'quote"quote"', "<script>alert", "{jndi:ldap}"]
)
async def test_any_other_request_id_is_replaced(client: httpx.AsyncClient, received: str) -> None:
    answered = (await client.get("/livez", headers={"X-Request-ID": received})).headers["x-request-id"]
    assert answered != received and len(answered) == 32


async def test_two_request_ids_are_none(client: httpx.AsyncClient) -> None:
    answer = await client.get("/livez", headers=[("X-Request-ID", "aaaaaaaa1"), ("X-Request-ID", "bbbbbbbb2")])
    assert answer.headers["x-request-id"] not in ("aaaaaaaa1", "bbbbbbbb2")


async def test_the_access_log_has_the_template_and_no_query(client: httpx.AsyncClient) -> None:
    with capture_logs() as logs:
        await client.patch("/v1/things/01901639-6ff2-7d6c-9a1d-2b1f3c1c9f11?secret=1", json={})
    (line,) = [entry for entry in logs if entry["event"] == "request"]
    assert (line["method"], line["route"], line["status"]) == ("PATCH", "/v1/things/{thing_id}", 200)
    assert line["duration_ms"] > 0 and "secret" not in str(line)


async def test_health_checks_do_not_fill_the_log(client: httpx.AsyncClient) -> None:
    with capture_logs() as logs:
        await client.get("/readyz")
    assert [entry["log_level"] for entry in logs if entry["event"] == "request"] == ["debug"]


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "https://portal.example.com.evil.example", "http://portal.example.com", "null"]
)
async def test_only_listed_origins_may_read_answers(origin: str) -> None:
    async with client_of(make_app(settings_of(cors_origins=[PORTAL]))) as client:
        asked = {"Origin": origin, "Access-Control-Request-Method": "PATCH"}
        assert "access-control-allow-origin" not in (await client.get("/v1/things", headers=asked)).headers
        assert "access-control-allow-origin" not in (await client.options("/v1/things", headers=asked)).headers


async def test_a_listed_origin_may_also_read_refusals_and_our_headers() -> None:
    async with client_of(make_app(settings_of(cors_origins=[PORTAL]))) as client:
        answer = await client.post("/v1/things", content=b"x", headers={"Origin": PORTAL})
        asked = {
            "Access-Control-Request-Method": "PATCH",
            "Access-Control-Request-Headers": "if-match,consistency-token",
        }
        preflight = await client.options("/v1/things", headers={"Origin": PORTAL, **asked})
    assert answer.status_code == 415 and answer.headers["access-control-allow-origin"] == PORTAL
    assert "Consistency-Token" in answer.headers["access-control-expose-headers"]
    assert preflight.status_code == 200 and "PATCH" in preflight.headers["access-control-allow-methods"]


async def test_a_crash_in_the_middle_of_an_answer_is_logged_and_breaks_it_off() -> None:
    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("too late to say")

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    with capture_logs() as logs:
        await CrashGuard(app)({"type": "http", "method": "GET", "path": "/"}, receive, send)
    assert [message["type"] for message in sent] == ["http.response.start"]
    assert logs[0]["event"] == "unexpected_error"


async def test_a_caller_who_hangs_up_is_no_fault_and_gets_no_answer() -> None:
    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise ClientDisconnect

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    with capture_logs() as logs:
        await CrashGuard(app)({"type": "http", "method": "POST", "path": "/"}, receive, send)
    assert sent == []
    assert [(entry["event"], entry["log_level"]) for entry in logs] == [("caller_went_away", "info")]
