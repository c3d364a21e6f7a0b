from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from read_api.search.windows import SPARE, Windows
from read_api.stores.es import Found
from runtime.search.sorting import SortKeys, reversed_keys

NEWEST_FIRST: SortKeys = (("created_at", "desc"), ("id", "desc"))
OLDEST_FIRST = reversed_keys(NEWEST_FIRST)
Row = tuple[int, int]


@dataclass
class Index:
    """Rows of (time, id) and a search of them: a second, plain implementation of what a body means."""

    rows: set[Row] = field(default_factory=set)
    asked: list[Mapping[str, Any]] = field(default_factory=list)

    async def ask(self, body: Mapping[str, Any]) -> Found:
        self.asked.append(body)
        order = body["sort"]
        after = tuple(body["search_after"]) if "search_after" in body else None
        rows = [row for row in sorted(self.rows, reverse=order == "desc") if _matches(body["query"], row)]
        if after is not None:
            rows = [row for row in rows if (row < after if order == "desc" else row > after)]
        return Found([{"sort": list(row)} for row in rows[: body["size"]]])


def _matches(query: Mapping[str, Any], row: Row) -> bool:
    if "range" in query:
        limits = query["range"]["created_at"]
        return bool(limits.get("gte", row[0]) <= row[0] <= limits.get("lte", row[0]))
    if "every" in query:
        return row[1] % int(query["every"]) == 0
    return all(_matches(part, row) for part in query["bool"]["filter"])


def _body(keys: SortKeys, size: int, every: int = 1, after: Row | None = None) -> dict[str, Any]:
    body: dict[str, Any] = {"query": {"every": every}, "size": size, "sort": keys[0][1]}
    return body if after is None else {**body, "search_after": list(after)}


async def _page(windows: Windows, index: Index, keys: SortKeys, body: Mapping[str, Any]) -> list[Row]:
    found = await windows.search(index.ask, "tickets", keys, body)
    return [(hit["sort"][0], hit["sort"][1]) for hit in found.hits]


times = st.one_of(st.integers(0, 30), st.integers(0, 5_000), st.sampled_from([10**6, 10**9, 10**12]))
changes = st.lists(st.tuples(st.sampled_from(["insert", "delete"]), times), max_size=6)
reads = st.lists(
    st.tuples(st.sampled_from([NEWEST_FIRST, OLDEST_FIRST]), st.integers(1, 9), st.integers(1, 3), changes), max_size=6
)


@given(st.lists(times, max_size=120), reads)
def test_pages_in_windows_are_the_pages_without(made: list[int], asked: list[tuple[SortKeys, int, int, Any]]) -> None:
    windows = Windows()
    index = Index({(time, number) for number, time in enumerate(made)})

    async def run() -> None:
        for keys, size, every, between in asked:
            for direction in (keys, reversed_keys(keys)):
                after: Row | None = None
                while True:
                    body = _body(direction, size, every, after)
                    page = await _page(windows, index, direction, body)
                    expected = (await index.ask(body)).hits
                    assert [list(row) for row in page] == [hit["sort"] for hit in expected]
                    if len(page) < size:
                        break
                    after = page[-1]
                for number, (kind, time) in enumerate(between):
                    if kind == "insert":
                        index.rows.add((time, 1_000 + number))
                    elif index.rows:
                        index.rows.remove(min(index.rows, key=lambda row: abs(row[0] - time)))

    asyncio.run(run())


async def test_a_page_looks_at_few_rows_however_many_there_are() -> None:
    index = Index({(number * 60, number) for number in range(20_000)})
    windows = Windows()
    last = (await _page(windows, index, NEWEST_FIRST, _body(NEWEST_FIRST, 26)))[-1]
    index.asked.clear()
    await _page(windows, index, NEWEST_FIRST, _body(NEWEST_FIRST, 26))
    last = (await _page(windows, index, NEWEST_FIRST, _body(NEWEST_FIRST, 26, after=last)))[-1]
    await _page(windows, index, OLDEST_FIRST, _body(OLDEST_FIRST, 26, after=last))
    assert len(index.asked) == 3
    for body in index.asked:
        assert sum(_matches(body["query"], row) for row in index.rows) <= (26 + 32) * SPARE


async def test_a_list_of_less_than_a_page_is_asked_for_once() -> None:
    index = Index({(number, number) for number in range(5)})
    windows = Windows()
    for _ in range(3):
        assert len(await _page(windows, index, NEWEST_FIRST, _body(NEWEST_FIRST, 26))) == 5
    assert len(index.asked) == 3


async def test_what_became_sparse_is_asked_for_in_a_wide_window_at_once_the_next_time() -> None:
    index = Index({(number, number) for number in range(1_000)})
    windows = Windows()
    await _page(windows, index, NEWEST_FIRST, _body(NEWEST_FIRST, 26))
    index.rows = {(number * 100_000, number) for number in range(1_000)}
    await _page(windows, index, NEWEST_FIRST, _body(NEWEST_FIRST, 26))
    index.asked.clear()
    assert len(await _page(windows, index, NEWEST_FIRST, _body(NEWEST_FIRST, 26))) == 26
    assert len(index.asked) == 1
    assert "bool" in index.asked[0]["query"]


async def test_only_so_many_lists_are_remembered() -> None:
    index = Index({(number, number * 6) for number in range(100)})
    windows = Windows(remembered=2)
    for every in (1, 2, 3):
        await _page(windows, index, NEWEST_FIRST, _body(NEWEST_FIRST, 5, every))
    index.asked.clear()
    await _page(windows, index, NEWEST_FIRST, _body(NEWEST_FIRST, 5, 3))
    await _page(windows, index, NEWEST_FIRST, _body(NEWEST_FIRST, 5, 1))
    assert ["bool" in body["query"] for body in index.asked] == [True, False]


async def test_other_orders_have_no_window() -> None:
    index = Index({(number, number) for number in range(100)})
    keys: SortKeys = (("priority_rank", "desc"), ("id", "desc"))
    for _ in range(2):
        await _page(Windows(), index, keys, _body(keys, 5))
    assert all(body["query"] == {"every": 1} for body in index.asked)
