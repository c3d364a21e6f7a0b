"""What changed lately, once per process for all subscribers: each has a place in it, and none a buffer of its own.

So memory is bounded by the log, however many listen and however slow they are. Whose place is no longer in it has
missed something, and is told so.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from read_api.events.presence import PresenceFeed
from read_models.events import Change
from runtime.errors import StoreUnavailable
from runtime.presence import PresenceChange

STORE = "redis"
# Subscribers are given round times to come back to: an exact one would say when somebody last did anything.
ROUND_MS = 5_000
# How far a client's position may be ahead of what this process knows of the time in Redis.
AHEAD_MS = 10_000


class EventId(NamedTuple):
    """Of an entry in the stream: milliseconds of Redis, and its place within them."""

    ms: int
    sequence: int

    def __str__(self) -> str:
        return f"{self.ms}-{self.sequence}"


class Entry(NamedTuple):
    id: EventId
    change: Change


class Missed(Exception):
    """Not all that came after this place is still here."""


class EventLog:
    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._entries: list[Entry] = []
        # Entries are numbered; this is the number of the first that is here.
        self._first = 0
        # All entries after this one are here. None: nothing is known, as Redis does not answer.
        self._complete_since: EventId | None = None
        self._now_ms = 0
        # By resource the number of its newest entry that says so, and what decides who sees it.
        self._deciding: dict[tuple[str, str], tuple[int, Mapping[str, Any]]] = {}
        self._waiting: set[asyncio.Future[None]] = set()
        # Beside the entries: nobody who comes back is told of it.
        self.presence = PresenceFeed()

    @property
    def end(self) -> int:
        return self._first + len(self._entries)

    @property
    def is_known(self) -> bool:
        return self._complete_since is not None

    @property
    def position(self) -> EventId:
        """Nothing that is not here yet will come before it."""
        since = self._known_since()
        return max(EventId(max(0, self._now_ms // ROUND_MS - 1) * ROUND_MS, 0), since)

    def begin(self, entries: Sequence[Entry], now_ms: int, started_ms: int = 0) -> None:
        """Anew, with all that Redis has. Who had a place here has missed what came between.

        A Redis that came back from its file may lack the newest entries of its last run, so nothing from before it
        started is complete.
        """
        self.lose()
        first = entries[0].id if entries else EventId(now_ms, 0)
        self._complete_since = max(first, EventId(started_ms, 0))
        self.append(entries, now_ms)

    def append(self, entries: Sequence[Entry], now_ms: int) -> None:
        """`now_ms`: what Redis had by then is here."""
        self._now_ms = max(self._now_ms, now_ms)
        for entry in entries:
            key = (entry.change.resource, entry.change.id)
            if entry.change.deciding is not None:
                self._deciding[key] = (self.end, entry.change.deciding)
            self._entries.append(entry)
        if len(self._entries) > self._kept + self._kept // 8:
            self._drop(len(self._entries) - self._kept)
        if entries:
            self._wake()

    def lose(self) -> None:
        self._first = self.end + 1
        self._entries.clear()
        self._deciding.clear()
        self._complete_since = None
        self._now_ms = 0
        self._wake()

    def after(self, position: EventId) -> int:
        """The place of the first entry after this one. Raises Missed where there may be others that are gone."""
        if position < self._known_since() or position.ms > self._now_ms + AHEAD_MS:
            raise Missed
        return self._first + bisect_right(self._entries, position, key=lambda entry: entry.id)

    def since(self, place: int, limit: int) -> list[Entry]:
        self._known_since()
        if place < self._first:
            raise Missed
        start = place - self._first
        return self._entries[start : start + limit]

    def deciding(self, change: Change) -> Mapping[str, Any] | None:
        """As it is by now, not as it was when this happened."""
        newest = self.newest_deciding(change.resource, change.id)
        return change.deciding if newest is None else newest

    def newest_deciding(self, resource: str, id_: str) -> Mapping[str, Any] | None:
        newest = self._deciding.get((resource, id_))
        return None if newest is None else newest[1]

    def note_presence(self, changes: Sequence[PresenceChange]) -> None:
        self.presence.note(changes)
        if changes:
            self._wake()

    async def wait(self, place: int, timeout_s: float) -> None:
        """Until there may be something at this place."""
        if place != self.end or not self.is_known:
            return
        woken = asyncio.get_running_loop().create_future()
        self._waiting.add(woken)
        try:
            await asyncio.wait((woken,), timeout=timeout_s)
        finally:
            self._waiting.discard(woken)

    async def until_known(self, timeout_s: float) -> None:
        """A process that has just started asks Redis first."""
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout_s
        while not self.is_known and loop.time() < until:
            woken = loop.create_future()
            self._waiting.add(woken)
            await asyncio.wait((woken,), timeout=until - loop.time())
            self._waiting.discard(woken)
        self._known_since()

    def _known_since(self) -> EventId:
        if self._complete_since is None:
            raise StoreUnavailable(STORE, "the stream of events is not read")
        return self._complete_since

    def _drop(self, count: int) -> None:
        dropped, self._entries = self._entries[:count], self._entries[count:]
        self._complete_since = dropped[-1].id
        self._first += count
        for entry in dropped:
            key = (entry.change.resource, entry.change.id)
            newest = self._deciding.get(key)
            if newest is not None and newest[0] < self._first:
                del self._deciding[key]

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, set()
        for woken in waiting:
            if not woken.done():
                woken.set_result(None)
