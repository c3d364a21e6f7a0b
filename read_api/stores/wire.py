"""HTTP/1.1 to one server over few connections that stay open: as little as a JSON store needs."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections import deque
from typing import cast
from urllib.parse import unquote, urlsplit

from httptools import HttpParserError, HttpResponseParser


class WireError(Exception):
    """No answer: the server is away, slow, or does not speak HTTP."""


class _Closed(WireError):
    """The connection ended before the answer did."""


class _Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._parser: HttpResponseParser | None = None
        self._body: list[bytes] = []

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def ask(self, request: bytes) -> asyncio.Future[tuple[int, bytes]]:
        assert self._transport is not None
        self._body = []
        self._parser = HttpResponseParser(self)
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's is no subclass of asyncio's.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._parser is None:
            self.close()
            return
        try:
            self._parser.feed_data(data)
        except HttpParserError as error:
            self._fail(WireError(f"not HTTP: {error}"))
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(_Closed(str(exc or "the connection was closed")))

    def on_body(self, part: bytes) -> None:
        self._body.append(part)

    def on_message_complete(self) -> None:
        assert self._parser is not None
        parser, self._parser = self._parser, None
        if not parser.should_keep_alive():
            self.close()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((parser.get_status_code(), b"".join(self._body)))

    def _fail(self, error: WireError) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)


class Wire:
    def __init__(self, url: str, connections: int, timeout_s: float) -> None:
        parts = urlsplit(url)
        self._tls = parts.scheme == "https"
        self._host = parts.hostname or "localhost"
        self._port = parts.port or (443 if self._tls else 80)
        self._prefix = parts.path.rstrip("/")
        named = f"[{self._host}]" if ":" in self._host else self._host
        self._headers = f"Host: {named}:{self._port}\r\nAccept: application/json\r\n"
        if parts.username is not None:
            who = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
            self._headers += f"Authorization: Basic {b64encode(who).decode()}\r\n"
        self._timeout_s = timeout_s
        self._free = asyncio.Semaphore(connections)
        self._idle: deque[_Connection] = deque()

    async def ask(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        """(status, body). Asked again on a new connection if an idle one turns out to be closed."""
        head = f"{method} {self._prefix}{path} HTTP/1.1\r\n{self._headers}"
        content = body or b""
        if body is not None:
            head += "Content-Type: application/json\r\n"
        request = f"{head}Content-Length: {len(content)}\r\n\r\n".encode("latin-1") + content
        try:
            return await asyncio.wait_for(self._asked(request), self._timeout_s)
        except asyncio.TimeoutError as error:
            raise WireError(f"no answer within {self._timeout_s:g} s") from error
        except OSError as error:
            raise WireError(f"{type(error).__name__}: {error}") from error

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    async def _asked(self, request: bytes) -> tuple[int, bytes]:
        async with self._free:
            while self._idle:
                connection = self._idle.pop()
                if not connection.is_open:
                    continue
                try:
                    return await self._over(connection, request)
                except _Closed:
                    break
            loop = asyncio.get_running_loop()
            _, connection = await loop.create_connection(_Connection, self._host, self._port, ssl=self._tls or None)
            return await self._over(connection, request)

    async def _over(self, connection: _Connection, request: bytes) -> tuple[int, bytes]:
        try:
            answer = await connection.ask(request)
        except BaseException:
            # Perhaps somebody stopped waiting: what comes then belongs to nobody.
            connection.close()
            raise
        if connection.is_open:
            self._idle.append(connection)
        return answer
