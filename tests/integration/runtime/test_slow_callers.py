"""Whoever sends or takes a byte now and then is left, and nobody else notices."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from runtime.guards.head_limit import MAX_HEAD_BYTES
from runtime.http_protocol import PatientHttp
from tests.support.eventually import eventually
from tests.support.serving import serving

pytestmark = pytest.mark.integration
GET = b"GET /v1/things HTTP/1.1\r\nHost: 127.0.0.1\r\n"
POST = b"POST /v1/things HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
SOON_S = 10.0


class Hasty(PatientHttp):
    head_timeout_s = 0.3
    stall_timeout_s = 0.3


@pytest_asyncio.fixture(scope="module")
async def port() -> AsyncIterator[int]:
    async with serving(Hasty) as listening_port:
        yield listening_port


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def until_closed(reader: asyncio.StreamReader) -> bytes:
    try:
        return await asyncio.wait_for(reader.read(), SOON_S)
    except ConnectionResetError:
        return b""


async def whole_answer(reader: asyncio.StreamReader) -> bytes:
    """Of a connection that is kept."""
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), SOON_S)
    length = re.search(rb"content-length: (\d+)", head)
    assert length is not None
    return head + await asyncio.wait_for(reader.readexactly(int(length[1])), SOON_S)


async def is_served(port: int) -> bool:
    async with connected(port) as (reader, writer):
        writer.write(GET + b"Connection: close\r\n\r\n")
        return (await until_closed(reader)).startswith(b"HTTP/1.1 200")


async def test_a_caller_that_says_nothing_is_left(port: int) -> None:
    async with connected(port) as (reader, _):
        assert await until_closed(reader) == b""


async def test_a_head_that_does_not_end_is_refused_however_it_trickles(port: int) -> None:
    async with connected(port) as (reader, writer):
        writer.write(GET)
        answer = asyncio.ensure_future(until_closed(reader))

        async def has_answer() -> bool:
            # Each byte would begin a time-out anew that counts from the last one.
            writer.write(b"X")
            return answer.done()

        await eventually(has_answer, SOON_S, interval_s=0.05)
        assert answer.result().startswith(b"HTTP/1.1 408") and b"request.timeout" in answer.result()
        assert b"application/problem+json" in answer.result()


async def test_a_body_that_stalls_is_left(port: int) -> None:
    async with connected(port) as (reader, writer):
        writer.write(POST + b'Content-Length: 100\r\n\r\n{"name": "')
        assert await until_closed(reader) == b""


async def test_a_body_that_goes_on_is_waited_for(port: int) -> None:
    body = b'{"name": "Lamp"}'
    async with connected(port) as (reader, writer):
        writer.write(POST + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body))
        left = list(body)

        async def is_sent() -> bool:
            writer.write(bytes([left.pop(0)]))
            return not left

        await eventually(is_sent, SOON_S, interval_s=0.1)
        assert (await until_closed(reader)).startswith(b"HTTP/1.1 201")


async def test_a_head_without_end_is_cut_off_before_it_fills_the_memory(port: int) -> None:
    async with connected(port) as (reader, writer):
        writer.write(GET + b"X: ")
        for _ in range(4):
            writer.write(b"x" * (MAX_HEAD_BYTES // 2))
            await writer.drain()
        answer = await until_closed(reader)
    assert answer == b"" or (answer.startswith(b"HTTP/1.1 431") and b"head.too_large" in answer)


async def test_many_slow_callers_hold_up_nobody_else(port: int) -> None:
    slow = [await asyncio.open_connection("127.0.0.1", port) for _ in range(200)]
    try:
        for number, (_, writer) in enumerate(slow):
            writer.write(GET if number % 2 else POST + b"Content-Length: 9\r\n\r\n{")
        assert all(await asyncio.gather(*(is_served(port) for _ in range(20))))
        answers = await asyncio.gather(*(until_closed(reader) for reader, _ in slow))
        assert {answer[:12] for answer in answers} <= {b"", b"HTTP/1.1 408"}
    finally:
        for _, writer in slow:
            writer.transport.abort()
    assert await is_served(port)


async def test_a_connection_that_is_kept_serves_again_and_many_requests_may_come_at_once(port: int) -> None:
    async with connected(port) as (reader, writer):
        for _ in range(3):
            writer.write(GET + b"\r\n")
            assert (await whole_answer(reader)).startswith(b"HTTP/1.1 200")
        writer.write((GET + b"\r\n") * 2 + GET + b"Connection: close\r\n\r\n")
        assert (await until_closed(reader)).count(b"HTTP/1.1 200") == 3


async def test_a_connection_that_is_kept_is_not_left_before_its_time(port: int) -> None:
    """Between requests the server's own time-out counts, which is longer."""
    async with connected(port) as (reader, writer):
        writer.write(GET + b"\r\n")
        await whole_answer(reader)
        async with connected(port) as (silent, _):
            # Longer than a caller is waited for who has not said anything.
            await until_closed(silent)
        writer.write(GET + b"Connection: close\r\n\r\n")
        assert (await until_closed(reader)).startswith(b"HTTP/1.1 200")
