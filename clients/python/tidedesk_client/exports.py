"""All that a list or search finds, in one answer that says at its end whether it is whole."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

import httpx

from .errors import BrokenOff
from .lines import async_lines, lines
from .request import Request

if TYPE_CHECKING:
    from .async_transport import AsyncTransport
    from .transport import Transport


class _Ending:
    """Holds each line back until the next one has come: the last is not for the caller."""

    def __init__(self, request: Request) -> None:
        self._is_csv = request.query.get("format") == "csv"
        self._held: str | None = None

    def pass_on(self, line: str) -> Iterator[str]:
        held, self._held = self._held, line
        if held is not None:
            yield held

    def check(self) -> None:
        complete, code = self._verdict((self._held or "").strip())
        if not complete:
            raise BrokenOff(code)

    def _verdict(self, last: str) -> tuple[bool, str]:
        if self._is_csv:
            mark, _, rest = last.partition(",")
            return mark == "#complete", rest.partition(",")[2] if mark == "#broken-off" else "connection.lost"
        try:
            ending = json.loads(last)
        except ValueError:
            return False, "connection.lost"
        return ending.get("complete") is True, ending.get("code", "connection.lost")


class Export:
    """Iterate over it for the items, or over `lines()` for a file. BrokenOff: what came is not all."""

    def __init__(self, transport: Transport, request: Request) -> None:
        self._transport = transport
        self._request = request

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Of an export as JSON lines, which is the default."""
        for line in self.lines():
            yield json.loads(line)

    def lines(self) -> Iterator[str]:
        """As they came, with their line ends and without the closing mark."""
        ending = _Ending(self._request)
        try:
            with self._transport.stream(self._request) as response:
                for line in lines(response.iter_bytes()):
                    yield from ending.pass_on(line)
        except httpx.TransportError as error:
            raise BrokenOff("connection.lost") from error
        ending.check()


class AsyncExport:
    """Iterate over it for the items, or over `lines()` for a file. BrokenOff: what came is not all."""

    def __init__(self, transport: AsyncTransport, request: Request) -> None:
        self._transport = transport
        self._request = request

    async def __aiter__(self) -> AsyncIterator[dict[str, Any]]:
        """Of an export as JSON lines, which is the default."""
        async for line in self.lines():
            yield json.loads(line)

    async def lines(self) -> AsyncIterator[str]:
        """As they came, with their line ends and without the closing mark."""
        ending = _Ending(self._request)
        try:
            async with self._transport.stream(self._request) as response:
                async for line in async_lines(response.aiter_bytes()):
                    for passed in ending.pass_on(line):
                        yield passed
        except httpx.TransportError as error:
            raise BrokenOff("connection.lost") from error
        ending.check()
