"""Pages of a list: `search_after` under signed cursors that are bound to the caller and the question."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import orjson

from read_api.context import Caller
from read_api.search.reach import Reach
from read_api.search.windows import Ask, Windows
from read_api.snapshots import FIRST_KEEP_ALIVE, KEEP_ALIVE, Snapshot, Snapshots
from read_api.stores.errors import SnapshotGone
from read_api.stores.es import Beside, Found, SearchStore
from runtime.cursors import CursorCodec, InvalidCursor
from runtime.search.sorting import SortKeys, reversed_keys, sort_clause

FORWARD = "f"
BACKWARD = "b"
# Rows never move under these, so pages need no point in time to be stable.
IMMUTABLE = frozenset(("created_at", "number", "position", "occurred_at", "version"))


@dataclass(frozen=True)
class Mark:
    """Where a page starts, which point in time it reads, and what was decided for the first page."""

    after: tuple[Any, ...]
    direction: str = FORWARD
    pit_id: str | None = None
    as_of: str | None = None
    # The consistency token that the first page waited for.
    token: str | None = None
    reach: Reach = Reach.TYPED


@dataclass(frozen=True)
class PageRequest:
    model: str
    keys: SortKeys
    limit: int
    binding: str
    mark: Mark | None = None
    # The first page must show what was refreshed before now.
    fresh: bool = False
    as_of: str | None = None
    # The last refresh that was published: snapshots.
    refreshed: str | None = None
    token: str | None = None
    # Only the page is asked for: neither a total nor facets of all that matches.
    only_page: bool = False
    # Travels with the search of the page.
    beside: Beside | None = None


@dataclass(frozen=True)
class Page:
    hits: list[dict[str, Any]]
    found: Found
    next: str | None
    prev: str | None
    # What was published before that was opened which it shows.
    as_of: str | None = None


def binding_of(route: str, caller: Caller, asked: Mapping[str, Any]) -> str:
    """The same question by the same caller gives the same text; everything else another."""
    spelled = orjson.dumps([route, caller.key, asked], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(spelled).hexdigest()


class Pager:
    def __init__(self, store: SearchStore, snapshots: Snapshots, cursors: CursorCodec) -> None:
        self._store = store
        self._snapshots = snapshots
        self._cursors = cursors
        self._windows = Windows()

    def read(self, cursor: str | None, binding: str) -> Mark | None:
        if cursor is None:
            return None
        payload = self._cursors.decode(cursor, binding)
        try:
            after, direction, pit_id, as_of, token, reach = payload["m"]
            return Mark(tuple(after), direction, pit_id, as_of, token, Reach(reach))
        except (KeyError, ValueError) as error:
            raise InvalidCursor from error

    async def page(self, request: PageRequest, body: Mapping[str, Any], reach: Reach = Reach.TYPED) -> Page:
        mark = request.mark
        backward = mark is not None and mark.direction == BACKWARD
        asked = {
            **body,
            "size": request.limit + 1,
            "sort": sort_clause(request.keys, backward=backward),
        }
        if mark is not None:
            asked["search_after"] = list(mark.after)
        found, as_of = await self._search(request, asked)
        hits = found.hits[: request.limit]
        more = len(found.hits) > request.limit
        if backward:
            hits.reverse()
        origin = Mark((), FORWARD, found.pit_id, as_of, request.token, reach)
        if mark is not None:
            origin = replace(origin, as_of=mark.as_of, token=mark.token, reach=mark.reach)
        has_next = more if not backward else True
        has_previous = more if backward else mark is not None
        return Page(
            hits,
            found,
            self._write(origin, FORWARD, hits[-1], request.binding) if hits and has_next else None,
            self._write(origin, BACKWARD, hits[0], request.binding) if hits and has_previous else None,
            as_of,
        )

    async def _search(self, request: PageRequest, body: dict[str, Any]) -> tuple[Found, str | None]:
        """What was found, and how old at most the index was by then."""
        if request.keys[0][0] in IMMUTABLE:
            live = partial(self._store.search, request.model, beside=request.beside)
            return await self._asked(request, live, body), request.as_of
        if request.mark is not None and request.mark.pit_id is not None:
            try:
                first = partial(self._store.search_snapshot, request.mark.pit_id, KEEP_ALIVE, beside=request.beside)
                return await self._asked(request, first, body), request.mark.as_of
            except SnapshotGone:
                # The cursor outlives its point in time: it goes on from the same place in what is there now.
                snapshot = await self._fresh(request)
        elif request.fresh:
            snapshot = await self._fresh(request)
        else:
            snapshot = await self._snapshots.recent(request.model, request.as_of, request.refreshed)
        try:
            return await self._first(request, snapshot, body)
        except SnapshotGone:
            # With the node that kept it, just now.
            return await self._first(request, await self._fresh(request), body)

    async def _fresh(self, request: PageRequest) -> Snapshot:
        return await self._snapshots.fresh(request.model, request.as_of, request.refreshed)

    async def _first(
        self, request: PageRequest, snapshot: Snapshot, body: Mapping[str, Any]
    ) -> tuple[Found, str | None]:
        then = partial(self._store.search_snapshot, snapshot.pit_id, FIRST_KEEP_ALIVE, beside=request.beside)
        return await self._asked(request, then, body), snapshot.as_of

    async def _asked(self, request: PageRequest, ask: Ask, body: Mapping[str, Any]) -> Found:
        if not request.only_page:
            return await ask(body)
        backward = request.mark is not None and request.mark.direction == BACKWARD
        keys = reversed_keys(request.keys) if backward else request.keys
        return await self._windows.search(ask, request.model, keys, body)

    def _write(self, origin: Mark, direction: str, hit: Mapping[str, Any], binding: str) -> str:
        mark = [hit["sort"], direction, origin.pit_id, origin.as_of, origin.token, origin.reach]
        return self._cursors.encode({"m": mark}, binding)
