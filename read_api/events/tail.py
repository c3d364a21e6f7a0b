"""Reads the stream of events into the log, on a connection of its own, for as long as the process runs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from read_api.events.log import Entry, EventId, EventLog
from read_models.events import parse_change
from runtime.presence import parse_presence_change
from runtime.settings import Settings

log = structlog.get_logger(__name__)

BLOCK_MS = 1_000
READ_AT_ONCE = 500
PAUSE_S = 1.0
_NOTHING = EventId(0, 0)


class TrimmedTooFar(Exception):
    """Redis dropped entries before they were read here."""


def connect_tail(settings: Settings) -> Redis:
    timeout_s = settings.redis_timeout_ms / 1000
    redis: Redis = Redis.from_url(
        settings.redis_url,
        decode_responses=False,
        socket_timeout=BLOCK_MS / 1000 + timeout_s,
        socket_connect_timeout=timeout_s,
        socket_keepalive=True,
        max_connections=1,
    )
    return redis


class Tail:
    def __init__(self, redis: Redis, key: str, presence_key: str, events: EventLog, kept: int) -> None:
        self._redis = redis
        self._key = key
        self._presence_key = presence_key
        self._events = events
        self._kept = kept

    async def run(self) -> None:
        while True:
            try:
                await self._follow()
            except TrimmedTooFar:
                log.warning("events_trimmed_too_far")
                continue
            except (RedisError, OSError, asyncio.TimeoutError) as error:
                log.warning("events_not_read", reason=f"{type(error).__name__}: {error}")
            self._events.lose()
            await asyncio.sleep(PAUSE_S)

    async def _follow(self) -> None:
        last, last_presence = await self._begin()
        while True:
            asked = self._redis.pipeline(transaction=False)
            # In this order: what was there at this time is read, and what was trimmed by now is seen.
            asked.time()
            asked.xread(
                {self._key: str(last), self._presence_key: str(last_presence)}, count=READ_AT_ONCE, block=BLOCK_MS
            )
            asked.xrange(self._key, count=1)
            time, read, first = await asked.execute()
            found = {key.decode(): of_key for key, of_key in read}
            entries, present = _entries(found.get(self._key, ())), found.get(self._presence_key, ())
            if first and last != _NOTHING and _id(first[0][0]) > last:
                raise TrimmedTooFar
            now_ms = _ms(time) if len(entries) < READ_AT_ONCE else 0
            self._events.append(entries, now_ms)
            if entries:
                last = entries[-1].id
            self._events.note_presence([parse_presence_change(fields) for _, fields in present])
            if present:
                last_presence = _id(present[-1][0])

    async def _begin(self) -> tuple[EventId, EventId]:
        asked = self._redis.pipeline(transaction=False)
        asked.time()
        asked.xrevrange(self._key, count=self._kept)
        asked.info("server")
        asked.xrevrange(self._presence_key, count=1)
        time, newest, server, presence = await asked.execute()
        entries = _entries(reversed(newest))
        # Whole seconds, rounded down: at the latest then.
        started_ms = _ms(time) - int(server["uptime_in_seconds"]) * 1000
        self._events.begin(entries, _ms(time), started_ms)
        return entries[-1].id if entries else _NOTHING, _id(presence[0][0]) if presence else _NOTHING


def _entries(read: Iterable[tuple[bytes, Mapping[bytes, bytes]]]) -> list[Entry]:
    return [Entry(_id(id_), parse_change(fields)) for id_, fields in read]


def _id(text: bytes) -> EventId:
    ms, _, sequence = text.partition(b"-")
    return EventId(int(ms), int(sequence))


def _ms(time: tuple[Any, Any]) -> int:
    return int(time[0]) * 1000 + int(time[1]) // 1000
