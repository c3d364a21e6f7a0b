"""Points in time that pages of one list share, so that no row is lost or doubled while writers run."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from read_api.single_flight import StartedAfter
from read_api.stores.es import SearchStore

# From page to page; Elasticsearch keeps the segments that long. A cursor outlives it: see paging.
KEEP_ALIVE = "3m"
# Most first pages have no second one.
FIRST_KEEP_ALIVE = "1m"
# Half of that: whoever begins to read it now still has time for the next page.
SHARED_FOR_S = 30.0


@dataclass(frozen=True)
class Snapshot:
    pit_id: str
    opened_at: float
    # What was published before it was opened.
    as_of: str | None
    # The refresh that was published by then; None where nobody says.
    refreshed: str | None = None


class Snapshots:
    def __init__(self, store: SearchStore, now: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._now = now
        self._latest: dict[str, Snapshot] = {}
        self._opening: dict[str, StartedAfter[Snapshot]] = {}
        self._as_of: str | None = None
        self._refreshed: str | None = None
        self._outdated = 0

    async def recent(self, model: str, as_of: str | None, refreshed: str | None) -> Snapshot:
        """What was there at the last refresh that was published.

        Until the next one there is nothing new to be found, and what is published meanwhile holds for it, too. So as
        few are opened as there are refreshes, however many ask.
        """
        latest = self._latest.get(model)
        if latest is not None and refreshed is not None and refreshed == latest.refreshed:
            if self._now() - latest.opened_at < SHARED_FOR_S:
                return replace(latest, as_of=as_of)
        return await self.fresh(model, as_of, refreshed)

    async def fresh(self, model: str, as_of: str | None, refreshed: str | None) -> Snapshot:
        """One that is opened after this call: it shows what was refreshed before."""
        self._as_of, self._refreshed = as_of, refreshed
        opening = self._opening.get(model)
        if opening is None:
            opening = self._opening[model] = StartedAfter(lambda: self._open(model))
        return await opening.run()

    def outdate(self) -> None:
        """Something was refreshed for somebody who waits: what they saw shall be there when they look again."""
        self._latest.clear()
        self._outdated += 1

    async def _open(self, model: str) -> Snapshot:
        opened_at, as_of, refreshed = self._now(), self._as_of, self._refreshed
        outdated = self._outdated
        snapshot = Snapshot(await self._store.open_snapshot(model, FIRST_KEEP_ALIVE), opened_at, as_of, refreshed)
        if outdated == self._outdated:
            self._latest[model] = snapshot
        return snapshot
