from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from runtime.guards.body_limit import BodyLimit
from tests.unit.runtime.api import client_of, make_app, settings_of

JSON = {"Content-Type": "application/json"}
LIMIT_BYTES = 1_024


@pytest.fixture
def small() -> httpx.AsyncClient:
    return client_of(make_app(settings_of(body_limit_bytes=LIMIT_BYTES)))


def _body(size: int) -> bytes:
    return b'{"name":"n"' + b" " * (size - 12) + b"}"


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 100):
        yield body[start : start + 100]


async def test_a_body_of_the_limit_is_taken(small: httpx.AsyncClient) -> None:
    assert (await small.post("/v1/things", content=_body(LIMIT_BYTES), headers=JSON)).status_code == 201
    assert (await small.post("/v1/things", content=_pieces(_body(LIMIT_BYTES)), headers=JSON)).status_code == 201


async def test_one_byte_more_is_refused_whether_announced_or_not(small: httpx.AsyncClient) -> None:
    body = _body(LIMIT_BYTES + 1)
    for content in (body, _pieces(body)):
        answer = await small.post("/v1/things", content=content, headers=JSON)
        assert answer.status_code == 413, answer.text
        assert answer.json()["code"] == "body.too_large" and answer.json()["limit_bytes"] == LIMIT_BYTES
        assert answer.headers["connection"] == "close"


async def test_a_lie_about_the_length_does_not_help(small: httpx.AsyncClient) -> None:
    headers = {**JSON, "Content-Length": "5"}
    answer = await small.post("/v1/things", content=_pieces(_body(LIMIT_BYTES * 2)), headers=headers)
    assert answer.status_code == 413


@pytest.mark.parametrize("length", ["-1", "x", "1e3", "٣", "1 1", "9" * 5_000])
async def test_a_length_that_is_none_is_refused(small: httpx.AsyncClient, length: str) -> None:
    headers = [(b"Content-Type", b"application/json"), (b"Content-Length", length.encode())]
    answer = await small.post("/v1/things", content=b"{}", headers=headers)
    assert answer.status_code in (400, 413)


async def _limited(app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> list[Message]:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"x" * 600, "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "extensions": {}}
    await BodyLimit(app, LIMIT_BYTES)(scope, receive, send)
    return sent


async def test_an_application_that_hides_the_cause_still_answers_413() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            while True:
                await receive()
        except Exception:
            await send({"type": "http.response.start", "status": 400, "headers": []})
            await send({"type": "http.response.body", "body": b"vague"})

    sent = await _limited(app)
    assert sent[0]["status"] == 413 and b"vague" not in sent[1]["body"]


async def test_an_application_that_does_not_read_may_answer_as_it_likes() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})

    assert [message["status"] for message in await _limited(app)] == [204]


@pytest.mark.parametrize(
    "content_type",
    [
        *(
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/xml",
            "json",
            "",
        ),
        *("application/json; charset=latin-1", "application/json; charset=utf-16", "application/merge-patch+json"),
        *("application/jsonx", "application/vnd.api+json", "text/json", "application/json, text/plain"),
    ],
)
async def test_bodies_that_are_not_json_are_refused(client: httpx.AsyncClient, content_type: str) -> None:
    answer = await client.post("/v1/things", content=b'{"name":"n"}', headers={"Content-Type": content_type})
    assert answer.status_code == 415, answer.text
    assert answer.json()["code"] == "body.unsupported_type" and answer.headers["accept"] == "application/json"


async def test_a_body_without_a_type_is_refused(client: httpx.AsyncClient) -> None:
    for content in (b'{"name":"n"}', _pieces(b'{"name":"n"}')):
        assert (await client.post("/v1/things", content=content)).status_code == 415


async def test_two_types_are_one_too_many(client: httpx.AsyncClient) -> None:
    headers = [("Content-Type", "application/json"), ("Content-Type", "text/plain")]
    assert (await client.post("/v1/things", content=b"{}", headers=headers)).status_code == 415


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "identity, gzip"])
async def test_compressed_bodies_are_refused(client: httpx.AsyncClient, encoding: str) -> None:
    headers = {**JSON, "Content-Encoding": encoding}
    assert (await client.post("/v1/things", content=b"{}", headers=headers)).status_code == 415


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON", 'application/json; charset="UTF-8"'])
async def test_json_is_taken_however_it_is_spelled(client: httpx.AsyncClient, content_type: str) -> None:
    answer = await client.post("/v1/things", content=b'{"name":"n"}', headers={"Content-Type": content_type})
    assert answer.status_code == 201


async def test_a_request_without_a_body_needs_no_type(client: httpx.AsyncClient) -> None:
    assert (await client.post("/v1/things/poke")).status_code == 200
    assert (await client.post("/v1/things/poke", headers={"Content-Length": "0"})).status_code == 200


async def test_a_patch_without_a_type_names_both_that_would_do(client: httpx.AsyncClient) -> None:
    answer = await client.patch("/v1/things/x", content=b"{}")
    assert answer.headers["accept"] == "application/json, application/merge-patch+json"
