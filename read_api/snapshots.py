"""Points in time that pages of one list share, so that no row is lost or doubled while writers run."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from read_api.single_flight import StartedAfter
from read_api.stores.es import SearchStore

# From page to page; Elasticsearch keeps the segments that long. A cursor outlives it: see paging.
KEEP_ALIVE = "3m"
# First pages within this time share one point in time: a busy list must not open hundreds a second.
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
        self._opening: dict[str, StartedAfter[Snapshot]] = {}

    async def recent(self, model: str) -> Snapshot:
        latest = self._latest.get(model)
        if latest is not None and self._now() - latest.opened_at < SHARED_FOR_S:
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
        snapshot = Snapshot(await self._store.open_snapshot(model, KEEP_ALIVE), opened_at)
        self._latest[model] = snapshot
        return snapshot
