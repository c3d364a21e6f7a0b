"""Points in time that pages of one list share, so that no row is lost or doubled while writers run."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from read_api.single_flight import StartedAfter
from read_api.stores.es import SearchStore
from runtime.errors import StoreUnavailable

log = structlog.get_logger(__name__)

# From page to page; Elasticsearch keeps the segments that long. A cursor outlives it: see paging.
KEEP_ALIVE = "3m"
# Most first pages have no second one.
FIRST_KEEP_ALIVE = "1m"
# Asked for more often than this, one is opened for many: a busy list must not keep thousands open.
BUSY_PER_S = 50
SHARED_FOR_S = 0.1
# From this age on the next one is opened, so that while it is busy nobody waits for it.
RENEWED_AFTER_S = 0.05


@dataclass(frozen=True)
class Snapshot:
    pit_id: str
    opened_at: float
    # What was published before it was opened.
    as_of: str | None


class Snapshots:
    def __init__(self, store: SearchStore, now: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._now = now
        self._latest: dict[str, Snapshot] = {}
        self._asked_at: deque[float] = deque(maxlen=BUSY_PER_S)
        self._opening: dict[str, StartedAfter[Snapshot]] = {}
        self._as_of: str | None = None
        self._renewing: dict[str, asyncio.Task[None]] = {}

    async def recent(self, model: str, as_of: str | None) -> Snapshot:
        """What is there now; under load perhaps what was there a moment ago."""
        self._asked_at.append(self._now())
        latest = self._latest.get(model)
        if latest is None or not self._busy():
            return await self.fresh(model, as_of)
        age_s = self._now() - latest.opened_at
        if age_s >= SHARED_FOR_S:
            return await self.fresh(model, as_of)
        if age_s >= RENEWED_AFTER_S and model not in self._renewing:
            task = self._renewing[model] = asyncio.create_task(self._renew(model, as_of))
            task.add_done_callback(lambda _: self._renewing.pop(model))
        return latest

    async def fresh(self, model: str, as_of: str | None) -> Snapshot:
        """One that is opened after this call: it shows what was refreshed before."""
        self._as_of = as_of
        opening = self._opening.get(model)
        if opening is None:
            opening = self._opening[model] = StartedAfter(lambda: self._open(model))
        return await opening.run()

    async def _renew(self, model: str, as_of: str | None) -> None:
        try:
            await self.fresh(model, as_of)
        except StoreUnavailable as failure:
            log.info("snapshot_not_renewed", model=model, reason=str(failure))

    async def _open(self, model: str) -> Snapshot:
        opened_at, as_of = self._now(), self._as_of
        snapshot = Snapshot(await self._store.open_snapshot(model, FIRST_KEEP_ALIVE), opened_at, as_of)
        self._latest[model] = snapshot
        return snapshot

    def _busy(self) -> bool:
        return len(self._asked_at) == BUSY_PER_S and self._now() - self._asked_at[0] < 1
