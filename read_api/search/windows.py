"""Lists are asked for in a window of their sort field, just wide enough for one page.

Documents lie in the index in the order of time and most lists run against it: Elasticsearch would collect every
document that matches to find 25. Whatever lies outside the window sorts after all that lies inside, so a full page of
it is the right one; a page that is not full is asked for again in a wider window, and at last without one.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from read_api.search.sorting import SortKeys
from read_api.stores.es import Found

# Fields that every document has, by what a range needs to read the values that hits are sorted by.
WINDOWED: Mapping[str, Mapping[str, str]] = {
    "created_at": {"format": "epoch_millis"},
    "updated_at": {"format": "epoch_millis"},
    "number": {},
}
# How many rows more than the page a window is meant to hold: some too many cost less than asking twice.
SPARE = 8
# A page of few rows says little about how densely they lie.
FEWEST_ROWS = 32
WIDER = 16
# How much of a denser page is believed at once; a sparser one always is.
FORGOTTEN = 0.25
REMEMBERED = 4_096

Ask = Callable[[Mapping[str, Any]], Awaitable[Found]]


@dataclass(frozen=True)
class Density:
    # Of the sort field, from one row to the next.
    step: float
    # Where the first row was.
    edge: int | None


class Windows:
    """Remembers how densely the rows of a list lie. Wrong memories cost time only."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._densities: OrderedDict[Hashable, Density] = OrderedDict()

    async def search(self, ask: Ask, model: str, keys: SortKeys, body: Mapping[str, Any]) -> Found:
        """`keys`: the order in which rows are asked for. The body has its `size`, and `search_after` if not the first."""
        path, order = keys[0]
        if path not in WINDOWED:
            return await ask(body)
        # Not the query itself: it can be long.
        place = hash((model, path, orjson.dumps(body["query"])))
        after = body["search_after"][0] if "search_after" in body else None
        start = self._start((place, order), after)
        found = None
        for width in self._widths(place, start, body["size"]):
            found = await ask(_within(body, path, order, after, start, width))
            if len(found.hits) >= body["size"]:
                break
        assert found is not None
        self._learn(place, order, after, [hit["sort"][0] for hit in found.hits], body["size"])
        return found

    def _start(self, place: Hashable, after: int | None) -> int | None:
        """Where the page begins, as far as anybody knows."""
        if after is not None:
            return after
        first = self._densities.get(place)
        return None if first is None else first.edge

    def _widths(self, place: Hashable, start: int | None, rows: int) -> Iterator[int | None]:
        density = self._densities.get(place)
        if density is not None and start is not None:
            width = 1 + int(density.step * max(rows, FEWEST_ROWS) * SPARE)
            yield width
            yield width * WIDER
        yield None

    def _learn(self, place: Hashable, order: str, after: int | None, values: Sequence[int], rows: int) -> None:
        if len(values) < rows or len(values) < 2:
            if after is None:
                # There is less than a page of it.
                self._forget(place)
            return
        step = abs(values[-1] - (values[0] if after is None else after)) / (len(values) - 1)
        known = self._densities.get(place)
        if known is not None and step < known.step:
            step = known.step + (step - known.step) * FORGOTTEN
        self._keep(place, Density(step, None))
        if after is None:
            self._keep((place, order), Density(step, values[0]))

    def _keep(self, place: Hashable, density: Density) -> None:
        self._densities[place] = density
        self._densities.move_to_end(place)
        if len(self._densities) > self._remembered:
            self._densities.popitem(last=False)

    def _forget(self, place: Hashable) -> None:
        self._densities.pop(place, None)
