"""Answers that were shaped already. Nothing here is shown before Redis has said that it is still just so."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from read_api.reading import JSON, version_headers
from read_api.stores.redis import KnownState
from read_api.tickets.visibility import DECIDING
from runtime.etag import none_match
from runtime.lane import LaneAnswer

MAX_BYTES = 32 * 1_048_576
# One thread of megabytes shall not drive out everything else.
MAX_ANSWER_BYTES = MAX_BYTES // 64
# What an entry takes beside its content.
ENTRY_BYTES = 2_048

# Ticket id, and whether it is what staff sees.
Key = tuple[str, bool]


@dataclass(frozen=True)
class ShapedTicket:
    known: KnownState
    # Who may see it is decided by these, anew for everybody who asks.
    deciding: dict[str, Any]
    tag: str
    content: bytes
    version_headers: tuple[tuple[bytes, bytes], ...]
    content_headers: tuple[tuple[bytes, bytes], ...]

    @classmethod
    def of(cls, source: dict[str, Any], content: bytes, known: KnownState) -> ShapedTicket:
        headers, _ = version_headers(source["version"], content, None)
        return cls(
            known,
            {name: source[name] for name in DECIDING},
            headers["ETag"],
            content,
            tuple((name.lower().encode(), value.encode()) for name, value in headers.items()),
            ((b"content-length", b"%d" % len(content)), (b"content-type", JSON.encode())),
        )

    def answer(self, freshness: bytes, known_tag: bytes | None) -> LaneAnswer:
        headers = [(b"freshness", freshness), *self.version_headers]
        if known_tag is not None and not none_match(known_tag.decode("latin-1"), self.tag):
            return LaneAnswer(304, headers, b"")
        return LaneAnswer(200, [*headers, *self.content_headers], self.content)


class RememberedTickets:
    """Bounded by bytes; the least recently used make room."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._tickets: OrderedDict[Key, ShapedTicket] = OrderedDict()
        self.bytes = 0

    def get(self, key: Key) -> ShapedTicket | None:
        ticket = self._tickets.get(key)
        if ticket is not None:
            self._tickets.move_to_end(key)
        return ticket

    def put(self, key: Key, ticket: ShapedTicket) -> None:
        before = self._tickets.pop(key, None)
        if before is not None:
            self.bytes -= _size(before)
        if len(ticket.content) > MAX_ANSWER_BYTES:
            return
        self._tickets[key] = ticket
        self.bytes += _size(ticket)
        while self.bytes > self._max_bytes:
            self.bytes -= _size(self._tickets.popitem(last=False)[1])


def _size(ticket: ShapedTicket) -> int:
    return len(ticket.content) + len(ticket.known.mentioned) + ENTRY_BYTES
