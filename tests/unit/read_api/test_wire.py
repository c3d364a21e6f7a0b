from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest
import uvloop

from read_api.stores.wire import Wire, WireError
from tests.support.eventually import eventually

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Server:
    """Counts connections and keeps what it was asked; `answer` is what it says to each request."""

    def __init__(self, answer: Callable[[int], bytes | None]) -> None:
        self.answer = answer
        self.connections = 0
        self.asked: list[bytes] = []
        self.writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        while True:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                break
            length = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
            self.asked.append(head + await reader.readexactly(length))
            answer = self.answer(len(self.asked))
            if answer is not None:
                writer.write(answer)
        writer.close()


@asynccontextmanager
async def served(server: Server, *, user: str = "", timeout_s: float = 5, connections: int = 2) -> AsyncIterator[Wire]:
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    wire = Wire(f"http://{user}127.0.0.1:{port}/below/", connections, timeout_s)
    try:
        yield wire
    finally:
        wire.close()
        listening.close()
        for writer in server.writers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


async def test_a_connection_is_used_again() -> None:
    server = Server(lambda _: OK)
    async with served(server, user="jo:p%40ss@") as wire:
        for _ in range(3):
            assert await wire.ask("POST", "/_search", b'{"a":1}') == (200, b"{}")
    assert server.connections == 1
    assert server.asked[0].startswith(b"POST /below/_search HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\nAuthorization: Basic am86cEBzcw==\r\n" in server.asked[0]
    assert server.asked[0].endswith(b'\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{"a":1}')


def test_it_works_on_the_loop_that_servers_use() -> None:
    async def run() -> None:
        async with served(Server(lambda _: OK)) as wire:
            for _ in range(2):
                assert await wire.ask("GET", "/", None) == (200, b"{}")

    loop = uvloop.new_event_loop()
    try:
        loop.run_until_complete(run())
    finally:
        loop.close()


async def test_no_more_connections_than_allowed() -> None:
    server = Server(lambda _: OK)
    async with served(server, connections=2) as wire:
        answers = await asyncio.gather(*(wire.ask("GET", "/", None) for _ in range(20)))
    assert answers == [(200, b"{}")] * 20
    assert server.connections == 2


async def test_answers_in_pieces_and_errors_are_read_whole() -> None:
    chunked = b'HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{"a\r\n3\r\n":1\r\n1\r\n}\r\n0\r\n\r\n'
    async with served(Server(lambda _: chunked)) as wire:
        assert await wire.ask("GET", "/", None) == (404, b'{"a":1}')
        assert await wire.ask("GET", "/", None) == (404, b'{"a":1}')


async def test_a_server_that_closes_between_requests_is_asked_on_a_new_connection() -> None:
    server = Server(lambda number: OK)
    async with served(server) as wire:
        await wire.ask("GET", "/", None)
        server.writers[0].close()
        assert await wire.ask("GET", "/", None) == (200, b"{}")
    assert server.connections == 2


async def test_one_that_says_close_is_not_used_again() -> None:
    server = Server(lambda _: OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    async with served(server) as wire:
        for _ in range(2):
            assert await wire.ask("GET", "/", None) == (200, b"{}")
    assert server.connections == 2


async def test_a_late_answer_belongs_to_nobody() -> None:
    server = Server(lambda number: None if number == 1 else OK.replace(b"{}", b"[]"))
    async with served(server, connections=1) as wire:
        waiting = asyncio.create_task(wire.ask("GET", "/", None))

        async def asked() -> bool:
            return len(server.asked) == 1

        await eventually(asked)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        server.writers[0].write(OK)
        assert await wire.ask("GET", "/", None) == (200, b"[]")
    assert server.connections == 2


async def test_nobody_waits_longer_than_the_time_out() -> None:
    async with served(Server(lambda _: None), timeout_s=0.05, connections=1) as wire:
        for _ in range(2):
            with pytest.raises(WireError, match="no answer within 0.05 s"):
                await wire.ask("GET", "/", None)


async def test_what_is_not_http_is_no_answer() -> None:
    async with served(Server(lambda _: b"hello\r\n\r\n")) as wire:
        with pytest.raises(WireError, match="not HTTP"):
            await wire.ask("GET", "/", None)


async def test_a_server_that_is_away_is_an_error() -> None:
    with pytest.raises(WireError):
        await Wire("http://127.0.0.1:1", 1, 5).ask("GET", "/", None)
