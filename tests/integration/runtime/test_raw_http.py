"""What no well-behaved client can send, against the real server with both of its parsers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.serving import serving

POST = b"POST /v1/things HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"

pytestmark = pytest.mark.integration


@pytest_asyncio.fixture(params=["h11", "httptools", "runtime.http_protocol:PatientHttp"])
async def port(request: pytest.FixtureRequest) -> AsyncIterator[int]:
    async with serving(request.param) as listening_port:
        yield listening_port


async def _answer(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    await writer.drain()
    try:
        return await asyncio.wait_for(reader.read(65_536), 10)
    finally:
        writer.close()
        await writer.wait_closed()


def _get(path: str, *hosts: str) -> bytes:
    lines = "".join(f"Host: {host}\r\n" for host in hosts)
    return f"GET {path} HTTP/1.1\r\n{lines}Connection: close\r\n\r\n".encode()


async def test_an_honest_request_is_answered(port: int) -> None:
    assert (await _answer(port, _get("/v1/things", "127.0.0.1:80"))).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    ("path", "hosts"),
    [
        *(
            ("/v1/things", ("x?",)),
            ("/v1/things", ("x:80?",)),
            ("/v1/things", ("x/",)),
            ("/v1/things", ("127.0.0.1?",)),
        ),
        *(("/v1/things", ("127.0.0.1:80?",)), ("/v1/things", ("127.0.0.1", "evil.example")), ("/v1/things", ())),
        *(("@evil.example/v1/things", ("127.0.0.1",)), ("http://evil.example/v1/things", ("evil.example",))),
    ],
)
async def test_a_forged_address_reaches_no_route(port: int, path: str, hosts: tuple[str, ...]) -> None:
    answer = await _answer(port, _get(path, *hosts))
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 404")), answer
    assert b'"name"' not in answer


async def test_a_body_without_announced_length_is_cut_off(port: int) -> None:
    head = POST + b"Transfer-Encoding: chunked\r\n\r\n"
    chunk = b"10000\r\n" + b" " * 65_536 + b"\r\n"
    answer = await _answer(port, head + chunk * 17)
    assert answer.startswith(b"HTTP/1.1 413") and b"body.too_large" in answer


async def test_an_announced_big_body_is_not_waited_for(port: int) -> None:
    head = POST + b"Content-Length: 5000000\r\n\r\n"
    assert (await _answer(port, head)).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("length", ["-1", "abc", "5, 6"])
async def test_a_wrong_length_is_a_400(port: int, length: str) -> None:
    head = POST + f"Content-Length: {length}\r\n\r\n".encode()
    assert (await _answer(port, head + b"{}")).startswith(b"HTTP/1.1 400")


async def test_a_head_of_64_kib_is_refused(port: int) -> None:
    answer = await _answer(port, b"GET /v1/things HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"x" * 65_536 + b"\r\n\r\n")
    # The slower parser says the same in other words before anybody else may.
    assert answer.startswith((b"HTTP/1.1 431", b"HTTP/1.1 400")), answer


async def test_a_surrogate_in_the_path_is_no_crash(port: int) -> None:
    for path in ("/v1/%ED%A0%80", "/v1/%00", "/v1/%FF%FE"):
        assert (await _answer(port, _get(path, "127.0.0.1"))).startswith(b"HTTP/1.1 404")
