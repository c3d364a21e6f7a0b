"""All that a question finds, page by page from one point in time. One page is in memory, however much there is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from read_api.context import Caller
from read_api.labels import Labels
from read_api.reading import Reading
from read_api.search.parameters import MAX_LIMIT
from read_api.search.reach import Reach, further
from read_api.search.runner import seen_hits
from read_api.stores.es import Found
from read_api.stores.redis import LabelKey
from runtime.errors import StoreUnavailable
from runtime.search.sorting import SortKeys, sort_clause

log = structlog.get_logger(__name__)

# A caller who takes one page longer than this gets no further.
KEEP_ALIVE = "2m"
# Between two pieces it is asked again who the caller is, unless that was a moment ago.
PIECE = 25
LOOK_EVERY_S = 1.0

Item = dict[str, Any]
WhoNow = Callable[[], Awaitable[Caller]]


@dataclass(frozen=True)
class Exported:
    """What is asked for, and how what is found becomes items; as lists do it."""

    model: str
    keys: SortKeys
    body: Callable[[Reach], Mapping[str, Any]]
    # Of the query, those that are required.
    words: Sequence[str]
    sees: Callable[[Caller, Mapping[str, Any]], bool]
    mentioned: Callable[[Sequence[Mapping[str, Any]]], Sequence[LabelKey]]
    item: Callable[[Mapping[str, Any], Labels], Item]


class BrokenOff(Exception):
    """Not all of it can be sent."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Walk:
    def __init__(self, reading: Reading, exported: Exported, who_now: WhoNow) -> None:
        self._reading = reading
        self._exported = exported
        self._who_now = who_now
        self._store = reading.services.search
        self._pit_id: str | None = None
        self._page: Found | None = None
        self._reach = Reach.TYPED
        self._loop = asyncio.get_running_loop()
        self._looked_at = self._loop.time()

    async def begin(self) -> None:
        """Reads the first page: what goes wrong by now is an answer like any other."""
        await self._reading.searchable(self._exported.model)
        self._pit_id = await self._store.open_snapshot(self._exported.model, KEEP_ALIVE)
        page = await self._read(None)
        while (reach := further(self._reach, len(page.hits), self._exported.words)) is not None:
            self._reach = reach
            page = await self._read(None)
        self._page = page

    async def pieces(self) -> AsyncIterator[list[Item]]:
        page = self._page
        while page is not None and page.hits:
            if not page.complete:
                raise BrokenOff("search.incomplete")
            sources = [hit["_source"] for hit in seen_hits(self._reading.caller, self._exported.sees, page.hits)]
            labels = await self._reading.services.labels.read(self._exported.mentioned(sources), self._reading.locales)
            if not labels.complete:
                raise BrokenOff("names.incomplete")
            for start in range(0, len(sources), PIECE):
                await self._look_again()
                yield [self._exported.item(source, labels) for source in sources[start : start + PIECE]]
            if len(page.hits) < MAX_LIMIT:
                return
            page = await self._read(page.hits[-1]["sort"])

    async def close(self) -> None:
        if self._pit_id is None:
            return
        try:
            await self._store.close_snapshot(self._pit_id)
        except StoreUnavailable as failure:
            log.info("snapshot_not_closed", reason=str(failure))

    async def _read(self, after: Sequence[Any] | None) -> Found:
        body: dict[str, Any] = {
            **self._exported.body(self._reach),
            "size": MAX_LIMIT,
            "sort": sort_clause(self._exported.keys, backward=False),
            "track_total_hits": False,
        }
        if after is not None:
            body["search_after"] = after
        assert self._pit_id is not None
        found = await self._store.search_snapshot(self._pit_id, KEEP_ALIVE, body)
        self._pit_id = found.pit_id or self._pit_id
        return found

    async def _look_again(self) -> None:
        if self._loop.time() - self._looked_at < LOOK_EVERY_S:
            return
        caller = await self._who_now()
        self._looked_at = self._loop.time()
        if caller.key != self._reading.caller.key:
            raise BrokenOff("rights.changed")
