"""Points in time that pages of one list share, so that no row is lost or doubled while writers run."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from read_api.single_flight import StartedAfter
from read_api.stores.es import SearchStore

# From page to page; Elasticsearch keeps the segments that long. A cursor outlives it: see paging.
KEEP_ALIVE = "3m"
# Most first pages have no second one.
FIRST_KEEP_ALIVE = "1m"
# A busy list must not keep thousands open: beyond so many a second, first pages share those that are this young.
OPENED_PER_S = 50
SHARED_FOR_S = 0.1


@dataclass(frozen=True)
class Snapshot:
    pit_id: str
    opened_at: float


class Snapshots:
    def __init__(self, store: SearchStore, now: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._now = now
        self._latest: dict[str, Snapshot] = {}
        self._opened_at: deque[float] = deque(maxlen=OPENED_PER_S)
        self._opening: dict[str, StartedAfter[Snapshot]] = {}

    async def recent(self, model: str) -> Snapshot:
        """What is there now; under load perhaps what was there a moment ago."""
        latest = self._latest.get(model)
        if latest is not None and self._busy() and self._now() - latest.opened_at < SHARED_FOR_S:
            return latest
        return await self.fresh(model)

    async def fresh(self, model: str) -> Snapshot:
        """One that is opened after this call: it shows what was refreshed before."""
        opening = self._opening.get(model)
        if opening is None:
            opening = self._opening[model] = StartedAfter(lambda: self._open(model))
        return await opening.run()

    async def _open(self, model: str) -> Snapshot:
        opened_at = self._now()
        snapshot = Snapshot(await self._store.open_snapshot(model, FIRST_KEEP_ALIVE), opened_at)
        self._latest[model] = snapshot
        self._opened_at.append(opened_at)
        return snapshot

    def _busy(self) -> bool:
        return len(self._opened_at) == OPENED_PER_S and self._now() - self._opened_at[0] < 1
