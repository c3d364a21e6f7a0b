"""Many clients of the event stream on plain sockets, cheap enough for a thousand of them in one process."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.support.desk import Caller
from tests.support.event_stream import PATH, Event, parse_block


@dataclass
class Client:
    url: str
    caller: Caller
    last_id: str = ""
    heard: list[Event] = field(default_factory=list)
    status: int = 0
    has_ended: bool = False
    _writer: asyncio.StreamWriter | None = None
    _reading: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        await self.break_off()
        parts = urlsplit(self.url)
        reader, self._writer = await asyncio.open_connection(parts.hostname, parts.port, limit=1 << 16)
        headers = {"Host": parts.netloc, **self.caller.headers}
        if self.last_id:
            headers["Last-Event-ID"] = self.last_id
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._writer.write(f"GET {PATH} HTTP/1.1\r\n{head}\r\n".encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        self.status = int(answer.split(b" ", 2)[1])
        self.has_ended = False
        self._reading = asyncio.ensure_future(self._read(reader))

    async def break_off(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        if self._writer is not None:
            self._writer.transport.abort()

    def names(self) -> list[str]:
        return [event.name for event in self.heard]

    def tickets(self) -> set[str]:
        return {event.data["id"] for event in self.heard if event.name == "ticket.changed"}

    async def _read(self, reader: asyncio.StreamReader) -> None:
        block: list[str] = []
        try:
            while line := await reader.readline():
                text = line.decode().rstrip("\r\n")
                # The sizes of chunks are lines, too; no line of a block looks like one. The last is 0.
                if text == "0":
                    break
                if text.startswith("id: "):
                    self.last_id = text[len("id: ") :]
                if text.startswith("event: "):
                    block = []
                block.append(text)
                if text.startswith("data: "):
                    event = parse_block(line for line in block if ": " in line)
                    if event is not None:
                        self.heard.append(event)
        except ConnectionError:
            pass
        self.has_ended = True
