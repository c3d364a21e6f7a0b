from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.unit.client.server import async_client, client, problem
from tidedesk_client import (
    Client,
    Conflict,
    ConnectionFailed,
    Invalid,
    NotFound,
    PreconditionFailed,
    ProblemError,
    TooManyRequests,
    Unavailable,
)

SAVED = {"id": "t1", "version": 2}


class Recorder:
    """Answers with what it was given, the last again and again, and keeps what was asked."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self._answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        # One response is sent once.
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    @property
    def sent(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.requests[-1].content)
        return body


def test_what_is_left_out_is_not_sent_and_none_is_null() -> None:
    server = Recorder(httpx.Response(200, json=SAVED))
    client(server).tickets.change_ticket("a/b", if_match="*", assignee_id=None, tags=("x",))
    assert server.sent == {"assignee_id": None, "tags": ["x"]}
    (request,) = server.requests
    assert (request.method, request.url.raw_path) == ("PATCH", b"/v1/tickets/a%2Fb")
    assert request.headers["Authorization"] == "Bearer tdk_1"


def test_a_query_has_each_value_and_stays_below_the_prefix() -> None:
    server = Recorder(httpx.Response(200, json={"items": [], "next": None, "prev": None}))
    client(server).tickets.list_tickets(status=["open", "new"], tag=("a&b",), limit=5)
    assert str(server.requests[0].url) == (
        "http://queries.test/api/queries/v1/tickets?limit=5&status=open&status=new&tag=a%26b"
    )


@pytest.mark.parametrize(("match", "header"), [(3, '"v3"'), ("*", "*"), ('"v3.0a"', '"v3.0a"')])
def test_if_match_takes_versions_and_etags(match: int | str, header: str) -> None:
    server = Recorder(httpx.Response(204))
    assert client(server).tickets.delete_ticket("t1", if_match=match).data is None
    assert server.requests[0].headers["If-Match"] == header


def test_if_match_takes_an_answer_that_has_an_etag() -> None:
    server = Recorder(httpx.Response(200, json=SAVED, headers={"ETag": '"v2"'}))
    desk = client(server)
    read = desk.tickets.get_ticket("t1")
    desk.tickets.change_ticket("t1", if_match=read, priority="high")
    assert server.requests[1].headers["If-Match"] == '"v2"'
    without = client(Recorder(httpx.Response(200, json={"items": []}))).operations.count_tickets()
    with pytest.raises(ValueError, match="no ETag"):
        desk.tickets.change_ticket("t1", if_match=without, priority="high")


def test_what_is_known_is_not_sent_again() -> None:
    fresh = {"ETag": '"v2"', "Freshness": 'as_of="2026-01-31T09:30:00.000001Z", lag_ms=12, stale=?0'}
    server = Recorder(httpx.Response(200, json=SAVED, headers={"ETag": '"v2"'}), httpx.Response(304, headers=fresh))
    desk = client(server)
    known = desk.tickets.get_ticket("t1")
    again = desk.tickets.get_ticket("t1", known=known)
    assert server.requests[1].headers["If-None-Match"] == '"v2"'
    assert again.data is known.data
    assert again.freshness is not None and (again.freshness.lag_ms, again.freshness.stale) == (12, False)
    assert str(again.freshness.as_of) == "2026-01-31 09:30:00.000001+00:00"


@pytest.mark.parametrize(
    ("status", "kind"),
    [(404, NotFound), (409, Conflict), (412, PreconditionFailed), (422, Invalid), (418, ProblemError)],
)
def test_a_refusal_is_an_exception_that_carries_the_problem(status: int, kind: type[ProblemError]) -> None:
    faults = [{"code": "value.too_short", "detail": "Too short.", "pointer": "/subject"}]
    server = Recorder(problem(status, "ticket.odd", errors=faults, allowed=["open"]))
    with pytest.raises(ProblemError, match=r"What happened.*/subject: Too short\.") as refusal:
        client(server).tickets.open_ticket(subject="s", body="b")
    assert type(refusal.value) is kind
    assert (refusal.value.status, refusal.value.code, refusal.value.request_id) == (status, "ticket.odd", "r1")
    assert refusal.value.errors == faults
    assert refusal.value.problem["allowed"] == ["open"]
    assert len(server.requests) == 1


@pytest.mark.parametrize("content", [b"<html>", b"{", b"[]"])
def test_a_refusal_of_a_proxy_is_one_too(content: bytes) -> None:
    server = Recorder(httpx.Response(502, content=content, headers={"Content-Type": "application/json"}))
    with pytest.raises(ProblemError) as refusal:
        client(server).operations.get_freshness()
    assert (refusal.value.code, refusal.value.errors, refusal.value.request_id) == ("http.502", [], None)


def open_one(desk: Client) -> Any:
    return desk.tickets.open_ticket(subject="s", body="b").data


def change(desk: Client) -> Any:
    return desk.tickets.change_ticket("t1", if_match=1, subject="s").data


def read(desk: Client) -> Any:
    return desk.tickets.get_ticket("t1").data


LATER = {"Retry-After": "0"}
LIMITED, LOST_STORE = problem(429, headers=LATER), problem(503, headers=LATER)
IN_FLIGHT = problem(409, "idempotency.in_flight")
NOT_CONNECTED, NO_ANSWER = httpx.ConnectError("refused"), httpx.ReadError("reset")


@pytest.mark.parametrize(
    ("failure", "call"),
    [
        *((LIMITED, call) for call in (open_one, change, read)),
        *((LOST_STORE, call) for call in (open_one, read)),
        *((NO_ANSWER, call) for call in (open_one, read)),
        *((NOT_CONNECTED, call) for call in (open_one, change, read)),
        (IN_FLIGHT, open_one),
    ],
)
def test_what_may_pass_is_tried_again(failure: httpx.Response | Exception, call: Callable[[Client], Any]) -> None:
    server = Recorder(failure, failure, httpx.Response(200, json=SAVED))
    assert call(client(server)) == SAVED
    keys = [request.headers.get("Idempotency-Key") for request in server.requests]
    # One key over all tries, without which they would be several commands.
    assert len(keys) == 3 and len(set(keys)) == 1
    assert (keys[0] is not None) is (call is open_one)


@pytest.mark.parametrize(
    ("failure", "call", "error", "tries"),
    [
        (LIMITED, read, TooManyRequests, 3),
        (LOST_STORE, open_one, Unavailable, 3),
        (NO_ANSWER, read, ConnectionFailed, 3),
        # It may have been carried out, and a second try would be refused as if somebody else had been faster.
        (NO_ANSWER, change, ConnectionFailed, 1),
        (LOST_STORE, change, Unavailable, 1),
        (problem(429, headers={"Retry-After": "3600"}), read, TooManyRequests, 1),
    ],
)
def test_it_gives_up(
    failure: httpx.Response | Exception, call: Callable[[Client], Any], error: type[Exception], tries: int
) -> None:
    server = Recorder(failure)
    with pytest.raises(error):
        call(client(server))
    assert len(server.requests) == tries


def test_each_command_has_its_own_key_or_the_callers() -> None:
    server = Recorder(httpx.Response(201, json=SAVED))
    desk = client(server)
    open_one(desk)
    open_one(desk)
    desk.tickets.open_ticket(subject="s", body="b", idempotency_key="mine")
    keys = [request.headers["Idempotency-Key"] for request in server.requests]
    assert len(set(keys)) == 3 and keys[2] == "mine"


def test_a_token_can_be_renewed() -> None:
    tokens = iter(["old", "new"])
    server = Recorder(httpx.Response(200, json=SAVED))
    desk = client(server, token=lambda: next(tokens))
    read(desk)
    read(desk)
    assert [one.headers["Authorization"] for one in server.requests] == ["Bearer old", "Bearer new"]


def test_without_a_token_nothing_is_said_of_it() -> None:
    server = Recorder(httpx.Response(200, json=SAVED))
    read(client(server, token=None))
    assert "Authorization" not in server.requests[0].headers


def test_files_go_out_and_come_back_as_they_are() -> None:
    server = Recorder(
        httpx.Response(201, json=SAVED), httpx.Response(200, content=b"\x89PNG", headers={"Content-Type": "image/png"})
    )
    desk = client(server)
    desk.tickets.upload_attachment(content=b"\x89PNG", file_name="a b.png")
    assert server.requests[0].content == b"\x89PNG"
    assert server.requests[0].url.params["file_name"] == "a b.png"
    assert desk.tickets.download_attachment("a1").data == b"\x89PNG"


async def test_the_other_client_does_the_same() -> None:
    server = Recorder(LIMITED, NOT_CONNECTED, httpx.Response(201, json=SAVED), problem(404))
    async with async_client(server) as desk:
        assert (await desk.tickets.open_ticket(subject="s", body="b")).data["id"] == "t1"
        with pytest.raises(NotFound):
            await desk.tickets.get_ticket("t2")
    assert len({request.headers.get("Idempotency-Key") for request in server.requests[:3]}) == 1
