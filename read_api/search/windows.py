"""Lists are asked for in a window of their sort field, just wide enough for one page.

Documents lie in the index in the order of time and most lists run against it: Elasticsearch would collect every
document that matches to find 25. Whatever lies outside the window sorts after all that lies inside, so a full page of
it is the right one; a page that is not full is asked for again in a wider window, and at last without one.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from read_api.stores.es import Found
from runtime.search.sorting import SortKeys

# Fields that every document has, with what a range needs to read the values that hits are sorted by.
WINDOWED: Mapping[str, Mapping[str, str]] = {
    "created_at": {"format": "epoch_millis"},
    "updated_at": {"format": "epoch_millis"},
    "occurred_at": {"format": "epoch_millis"},
    "number": {},
}
# How many times the page a window is meant to hold: some rows too many cost less than asking twice.
SPARE = 8
# A page of few rows says little about how densely they lie.
FEWEST_ROWS = 32
WIDER = 16
# How much of a denser page is believed at once; a sparser one always is.
BELIEVED = 0.25
REMEMBERED = 4_096

Ask = Callable[[Mapping[str, Any]], Awaitable[Found]]


@dataclass(frozen=True)
class Density:
    # Of the sort field, from one row to the next.
    step: float
    # Where the first row was, by order.
    edges: Mapping[str, int]


class Windows:
    """Remembers how densely the rows of lists lie. A wrong memory costs time, never rows."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._densities: OrderedDict[int, Density] = OrderedDict()

    async def search(self, ask: Ask, model: str, keys: SortKeys, body: Mapping[str, Any]) -> Found:
        """`keys`: the order in which rows are asked for. The body has a size, and on later pages `search_after`."""
        path, order = keys[0]
        if path not in WINDOWED:
            return await ask(body)
        # What the caller may see is part of the query. It can be long, so it is not kept.
        place = hash((model, path, orjson.dumps(body["query"])))
        rows: int = body["size"]
        after = body["search_after"][0] if "search_after" in body else None
        near, far, sign = ("lte", "gte", -1) if order == "desc" else ("gte", "lte", 1)
        # A first page may begin before the place where it began lately.
        begin = {} if after is None else {near: after}
        density = self._densities.get(place)
        start = after if density is None or after is not None else density.edges.get(order)
        ends = []
        if density is not None and start is not None:
            width = 1 + int(density.step * max(rows, FEWEST_ROWS) * SPARE)
            ends = [{far: start + sign * width}, {far: start + sign * width * WIDER}]
        for end in (*ends, {}):
            found = await ask(_within(body, path, {**begin, **end}))
            if len(found.hits) == rows:
                self._learn(place, order, after, [hit["sort"][0] for hit in found.hits])
                return found
        if after is None:
            # There is not even one page: no window could hold it.
            self._densities.pop(place, None)
        return found

    def _learn(self, place: int, order: str, after: int | None, values: Sequence[int]) -> None:
        step = abs(values[-1] - (values[0] if after is None else after)) / len(values)
        known = self._densities.get(place)
        if known is not None and step < known.step:
            step = known.step + (step - known.step) * BELIEVED
        edges = dict(known.edges) if known is not None else {}
        if after is None:
            edges[order] = values[0]
        self._densities[place] = Density(step, edges)
        self._densities.move_to_end(place)
        if len(self._densities) > self._remembered:
            self._densities.popitem(last=False)


def _within(body: Mapping[str, Any], path: str, limits: Mapping[str, int]) -> dict[str, Any]:
    if not limits:
        return dict(body)
    window = {"range": {path: {**limits, **WINDOWED[path]}}}
    return {**body, "query": {"bool": {"filter": [body["query"], window]}}}
