"""How fresh an answer is, and waiting until one write is in it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from read_api.single_flight import StartedAfter
from read_api.stores.es import SearchStore
from read_api.stores.redis import LookupStore
from runtime.consistency import ConsistencyToken, Freshness
from runtime.errors import StoreUnavailable
from runtime.times import parse_moment

# How long what the projector published is taken from memory: so much later searches show what it brought.
REMEMBERED_FOR_S = 0.05
# Between two refreshes on demand: each makes small segments.
REFRESH_EVERY_S = 0.05
FIRST_PAUSE_S = 0.002
LONGEST_PAUSE_S = 0.02
# Every answer of some milliseconds tells the same time.
_moment = lru_cache(maxsize=64)(parse_moment)


class FreshnessReader:
    """What the projector last published, at most 50 ms old; without Redis what was last known."""

    def __init__(self, lookup: LookupStore, now: Callable[[], float] = time.monotonic) -> None:
        self._lookup = lookup
        self._now = now
        self._published: dict[str, Any] = {}
        self._read_at = float("-inf")
        self._reading = StartedAfter(self._read)
        self._reachable = False

    async def published(self) -> dict[str, Any]:
        if self._now() - self._read_at >= REMEMBERED_FOR_S:
            await self._reading.run()
        return self._published

    async def current(self, at: datetime, *, stale: bool = False, as_of: str | None = None) -> Freshness:
        """`as_of`: when the point in time was opened that a page of a list reads."""
        published = await self.published()
        return self._of(as_of or published.get("as_of"), at, stale)

    def header_of(self, published: Mapping[str, Any], at: datetime) -> bytes:
        """Of an answer that was read after this was published."""
        return self._of(published.get("as_of"), at).header().encode()

    def _of(self, as_of: str | None, at: datetime, stale: bool = False) -> Freshness:
        seen = _moment(as_of or "")
        if seen is None:
            return Freshness(None, 0, stale=True)
        lag_ms = max(0, int((at - seen).total_seconds() * 1000))
        return Freshness(seen, lag_ms, stale=stale or not self._reachable)

    async def _read(self) -> None:
        try:
            self._published = await self._lookup.freshness() or {}
            self._reachable = True
        except StoreUnavailable:
            self._reachable = False
            # Nobody says any more whether there is something new to be found, or another name.
            self._published = {**self._published, "refreshed": None, "labels_changed": None}
        self._read_at = self._now()


class Refresher:
    """Makes what is indexed searchable: one refresh at a time per read model, however many wait for it."""

    def __init__(
        self,
        store: SearchStore,
        on_refreshed: Callable[[], None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._on_refreshed = on_refreshed
        self._now = now
        self._rounds: dict[str, StartedAfter[None]] = {}
        self._started_at: dict[str, float] = {}

    async def refresh(self, model: str) -> None:
        """Returns after a refresh that started after this call."""
        rounds = self._rounds.get(model)
        if rounds is None:
            rounds = self._rounds[model] = StartedAfter(lambda: self._refresh(model))
        await rounds.run()

    async def _refresh(self, model: str) -> None:
        wait_s = self._started_at.get(model, float("-inf")) + REFRESH_EVERY_S - self._now()
        if wait_s > 0:
            await asyncio.sleep(wait_s)
        self._started_at[model] = self._now()
        await self._store.refresh(model)
        self._on_refreshed()


async def is_applied(
    lookup: LookupStore, token: ConsistencyToken, wait_s: float, now: Callable[[], float] = time.monotonic
) -> bool:
    """Whether the write of this token is projected; waits at most `wait_s`. Looks at the token's own aggregate only."""
    until = now() + wait_s
    pause_s = FIRST_PAUSE_S
    while True:
        try:
            applied = await lookup.applied(token.aggregate_type, str(token.aggregate_id))
        except StoreUnavailable:
            applied = None
        if applied is not None and applied.covers(token.version):
            return True
        remaining_s = until - now()
        if remaining_s <= 0:
            return False
        await asyncio.sleep(min(pause_s, remaining_s))
        pause_s = min(pause_s * 1.5, LONGEST_PAUSE_S)
