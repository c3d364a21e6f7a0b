"""What changes, as it changes: server-sent events that come back by themselves after a break."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import httpx

from .lines import async_lines, lines
from .request import Request

if TYPE_CHECKING:
    from .async_transport import AsyncTransport
    from .transport import Transport

# Until the server says how long.
FIRST_RETRY_S = 2.0
END = "end"


@dataclass(frozen=True)
class Event:
    """`resync`: events may be missing, read anew what you show. `end`: the last one, the session has ended."""

    name: str
    data: Mapping[str, Any]
    # To go on from, by another stream: `last_event_id`.
    id: str | None


@dataclass
class Reception:
    """What a client of server-sent events keeps in mind; it is fed line by line."""

    last_event_id: str | None = None
    retry_s: float = FIRST_RETRY_S
    has_ended: bool = False
    _fields: dict[str, str] = field(default_factory=dict)

    def feed(self, line: str) -> Event | None:
        line = line.rstrip("\r\n")
        if not line:
            return self._dispatch()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data" and "data" in self._fields:
            value = f"{self._fields['data']}\n{value}"
        # A comment is a line without a name.
        if name:
            self._fields[name] = value
        return None

    def begin_anew(self) -> None:
        """What had come of an event when the connection broke is sent again."""
        self._fields = {}

    def _dispatch(self) -> Event | None:
        fields, self._fields = self._fields, {}
        self.last_event_id = fields.get("id", self.last_event_id)
        if fields.get("retry", "").isdecimal():
            self.retry_s = int(fields["retry"]) / 1000
        if "data" not in fields:
            return None
        event = Event(fields.get("event", "message"), json.loads(fields["data"]), self.last_event_id)
        self.has_ended = event.name == END
        return event


class _Stream:
    def __init__(self, request: Request) -> None:
        self._request = request
        self._reception = Reception(request.headers.get("Last-Event-ID"))

    @property
    def last_event_id(self) -> str | None:
        """Keep it, and another stream goes on from here."""
        return self._reception.last_event_id

    def _next_request(self) -> Request:
        self._reception.begin_anew()
        headers = {**self._request.headers, "Last-Event-ID": self.last_event_id}
        return replace(self._request, headers=headers)

    @property
    def _is_over(self) -> bool:
        return self._reception.has_ended or self._request.query.get("follow") is False


class EventStream(_Stream):
    """Iterate over it. It ends with the event `end`, or where only what was kept was asked for."""

    def __init__(self, transport: Transport, request: Request) -> None:
        super().__init__(request)
        self._transport = transport

    def __iter__(self) -> Iterator[Event]:
        while True:
            try:
                with self._transport.stream(self._next_request()) as response:
                    for event in map(self._reception.feed, lines(response.iter_bytes())):
                        if event is not None:
                            yield event
            except httpx.TransportError:
                if self._request.query.get("follow") is False:
                    raise
            if self._is_over:
                return
            time.sleep(self._reception.retry_s)


class AsyncEventStream(_Stream):
    """Iterate over it. It ends with the event `end`, or where only what was kept was asked for."""

    def __init__(self, transport: AsyncTransport, request: Request) -> None:
        super().__init__(request)
        self._transport = transport

    async def __aiter__(self) -> AsyncIterator[Event]:
        while True:
            try:
                async with self._transport.stream(self._next_request()) as response:
                    async for line in async_lines(response.aiter_bytes()):
                        event = self._reception.feed(line)
                        if event is not None:
                            yield event
            except httpx.TransportError:
                if self._request.query.get("follow") is False:
                    raise
            if self._is_over:
                return
            await asyncio.sleep(self._reception.retry_s)
