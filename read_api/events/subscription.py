"""One subscriber: its place in the log, who it is by now, and what it is sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

import orjson
import structlog

from read_api.context import Caller
from read_api.events.log import Entry, EventId, EventLog, Missed
from read_api.events.shown import Interest, told, told_presence
from runtime.errors import StoreUnavailable
from runtime.presence import PresenceChange
from runtime.problems import ProblemError
from runtime.tokens import InvalidToken

log = structlog.get_logger(__name__)

RETRY_MS = 2_000
# Signing out, a deactivation and a new password end a stream within 5 s.
LOOK_EVERY_S = 2.0
# While much changes, events are sent together: each time the caller's rights are asked for again.
PAUSE_S = 0.25
AT_ONCE = 200

READY, RESYNC, END = "ready", "resync", "end"
_RESYNC = {"detail": "Events may be missing. Read anew what you show, then go on listening."}
_END = {"code": "token.invalid", "detail": "The session has ended. Sign in again."}

WhoNow = Callable[[], Awaitable[Caller]]


def block(name: str, data: object, position: EventId | None = None) -> bytes:
    id_line = b"" if position is None else b"id: %s\n" % str(position).encode()
    return b"event: %s\n%sdata: %s\n\n" % (name.encode(), id_line, orjson.dumps(data))


class Subscription:
    def __init__(
        self,
        events: EventLog,
        caller: Caller,
        who_now: WhoNow,
        interest: Interest,
        heartbeat_s: float,
        at_once: int = AT_ONCE,
    ) -> None:
        self._events = events
        self._caller = caller
        self._who_now = who_now
        self._interest = interest
        self._heartbeat_s = heartbeat_s
        self._at_once = at_once
        self._place = events.end
        self._presence_place = events.presence.end
        self._loop = asyncio.get_running_loop()
        self._looked_at = self._silent_since = self._loop.time()
        # The last position that the client knows.
        self._heard = events.position

    async def blocks(self, after: EventId | None, resumes: bool, *, follow: bool) -> AsyncGenerator[bytes, None]:
        """`resumes`: the client was here before, and `after` what it last heard; None: nobody can tell.

        Ends where the caller is no longer let in, or Redis is lost; without `follow` when all is sent.
        """
        try:
            yield b"retry: %d\n" % RETRY_MS + self._opening(after, resumes)
            while True:
                try:
                    entries = self._events.since(self._place, self._at_once)
                except Missed:
                    yield self._resync()
                    continue
                self._place += len(entries)
                present = self._events.presence.since(self._presence_place)
                self._presence_place = self._events.presence.end
                sent = await self._due(entries, present) or self._heartbeat()
                if sent:
                    self._silent_since = self._loop.time()
                    yield sent
                if not follow and not entries:
                    return
                if (entries or present) and sent and follow:
                    await asyncio.sleep(PAUSE_S)
                elif not entries:
                    await self._pause()
        except (ProblemError, InvalidToken):
            yield block(END, _END)
        except StoreUnavailable as lost:
            log.info("event_stream_cut", reason=str(lost))

    def _opening(self, after: EventId | None, resumes: bool) -> bytes:
        if not resumes:
            return block(READY, {}, self._heard)
        try:
            if after is None:
                raise Missed
            self._place = self._events.after(after)
        except Missed:
            return self._resync()
        self._heard = after
        return block(READY, {}, after)

    def _resync(self) -> bytes:
        self._place = self._events.end
        self._heard = self._events.position
        return block(RESYNC, _RESYNC, self._heard)

    def _heartbeat(self) -> bytes:
        if self._loop.time() - self._silent_since < self._heartbeat_s:
            return b""
        if self._place != self._events.end:
            return b": heartbeat\n\n"
        # So that whoever is told nothing for long can come back all the same.
        self._heard = max(self._heard, self._events.position)
        return b": heartbeat\nid: %s\n\n" % str(self._heard).encode()

    async def _pause(self) -> None:
        if self._presence_place != self._events.presence.end:
            return
        next_at = min(self._silent_since + self._heartbeat_s, self._looked_at + LOOK_EVERY_S)
        await self._events.wait(self._place, max(0.0, next_at - self._loop.time()))

    async def _due(self, entries: Sequence[Entry], present: Sequence[PresenceChange]) -> bytes:
        """Nothing is sent before it is known what the caller may see at this moment."""
        wanted = [entry for entry in entries if self._interest.covers(entry)]
        if (
            not self._told(wanted)
            and not self._told_presence(present)
            and self._loop.time() - self._looked_at < LOOK_EVERY_S
        ):
            return b""
        caller = await self._who_now()
        self._looked_at = self._loop.time()
        before, self._caller = self._caller, caller
        if caller.key != before.key:
            # What came lately was passed over as somebody else.
            return self._resync()
        blocks = self._told(wanted)
        if blocks:
            self._heard = max(self._heard, wanted[-1].id)
        return blocks + self._told_presence(present)

    def _told_presence(self, changes: Sequence[PresenceChange]) -> bytes:
        """Without an id: it is no place to come back to."""
        blocks: list[bytes] = []
        for change in changes:
            if self._interest.covers_presence(change, self._caller):
                newest = self._events.newest_deciding("ticket", change.ticket_id)
                blocks += [block(name, data) for name, data in told_presence(self._caller, change, newest)]
        return b"".join(blocks)

    def _told(self, entries: Sequence[Entry]) -> bytes:
        blocks: list[bytes] = []
        for entry in entries:
            events = told(self._caller, entry.change, self._events.deciding(entry.change))
            # Only the last of them carries the id: a stream that breaks before it tells all of them again.
            for number, (name, data) in enumerate(events, start=1):
                blocks.append(block(name, data, entry.id if number == len(events) else None))
        return b"".join(blocks)
