from __future__ import annotations

from typing import Any

import pytest
from starlette.types import Message, Scope

from runtime.guards.edge import Edge
from runtime.guards.host import AllowedHosts
from runtime.metrics import RequestMetrics, new_registry
from tests.unit.runtime.api import client_of, make_app, settings_of

HOSTS = ("desk.example.com", "127.0.0.1", "[::1]")


async def _status(hosts: list[bytes], path: str = "/v1/things", kind: str = "http") -> int | None:
    """The status of a refusal; None if the application was reached."""
    reached: list[Scope] = []
    sent: list[Message] = []

    async def app(scope: Scope, receive: Any, send: Any) -> None:
        reached.append(scope)

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"host", host) for host in hosts]
    scope = {"type": kind, "method": "GET", "path": path, "headers": headers, "extensions": {}}
    edge = Edge(app, AllowedHosts(HOSTS), https_only=False, metrics=RequestMetrics(new_registry()))
    await edge(scope, receive, send)
    assert bool(reached) != bool(sent)
    return int(sent[0]["status"]) if sent else None


@pytest.mark.parametrize(
    "host", ["desk.example.com", "desk.example.com:8000", "DESK.example.com", "127.0.0.1:1", "[::1]", "[::1]:8000"]
)
async def test_our_own_names_are_answered(host: str) -> None:
    assert await _status([host.encode()]) is None


@pytest.mark.parametrize(
    "host",
    [
        *(
            "desk.example.com?",
            "desk.example.com:80?",
            "desk.example.com/",
            "desk.example.com/admin?",
            "x?",
            "x:80?",
            "x/",
        ),
        *(
            "desk.example.com#",
            "a@desk.example.com",
            "desk.example.com:",
            "desk.example.com:80:80",
            "desk.example.com:x",
        ),
        *("desk.example.com:999999", "", " ", "evil.example", "desk.example.com.evil.example", "::1", "[::1", "[::1]x"),
        *("desk.example.com\\", "desk.example.com\x00", "desk.example.com, evil.example", "desk.example.com\n"),
    ],
)
async def test_any_other_host_is_refused(host: str) -> None:
    assert await _status([host.encode()]) == 400


@pytest.mark.parametrize(
    "hosts", [[], [b"desk.example.com", b"desk.example.com"], [b"desk.example.com", b"evil"], [b"\xff"]]
)
async def test_there_is_exactly_one_host(hosts: list[bytes]) -> None:
    assert await _status(hosts) == 400


@pytest.mark.parametrize("path", ["@evil.example/", "", "*", "http://evil.example/", "v1/things"])
async def test_a_path_begins_with_a_slash(path: str) -> None:
    assert await _status([b"desk.example.com"], path) == 400


async def test_start_up_and_shut_down_have_no_host() -> None:
    assert await _status([], kind="lifespan") is None


async def test_the_refusal_is_a_problem_with_a_request_id() -> None:
    async with client_of(make_app(settings_of(allowed_hosts=HOSTS))) as client:
        answer = await client.get("/v1/things")
    assert answer.status_code == 400 and answer.json()["code"] == "host.refused"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
