"""Runs one search: all words first, and when nothing has all of them, most of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog

from read_api.context import Caller
from read_api.labels import Labels
from read_api.paging import Mark, Page, PageRequest, binding_of
from read_api.reading import Reading
from read_api.search.reach import Reach, further
from read_api.stores.es import Beside
from runtime.search.sorting import SortKeys

log = structlog.get_logger(__name__)

# To rank the best of many costs little, to count them all a hundred times as much for a hundred times as many.
COUNTED = 1_000


@dataclass(frozen=True)
class Asked:
    """The page that was asked for, and the question it belongs to in one spelling."""

    route: str
    model: str
    # Whether a caller may see what was found: the filter in the search decides, this looks again.
    sees: Callable[[Caller, Mapping[str, Any]], bool]
    question: Mapping[str, Any]
    keys: SortKeys
    limit: int
    cursor: str | None
    # A list: nothing is said about all that matches, so one page's part of it may be searched.
    only_page: bool = False


async def page_of(
    reading: Reading,
    asked: Asked,
    body: Callable[[Reach], Mapping[str, Any]],
    words: Sequence[str] = (),
    beside: Beside | None = None,
) -> tuple[Page, Mark]:
    """`body` builds the search; cursors remember how far the first page reached. `words`: those that are required."""
    pager = reading.services.pager
    binding = binding_of(asked.route, reading.caller, {**asked.question, "keys": asked.keys})
    mark = pager.read(asked.cursor, binding)
    for model in asked.model.split(","):
        await reading.searchable(model)
    published = await reading.services.freshness.published()
    request = PageRequest(
        model=asked.model,
        keys=asked.keys,
        limit=asked.limit,
        binding=binding,
        mark=mark,
        fresh=reading.must_refresh,
        as_of=published.get("as_of"),
        refreshed=published.get("refreshed"),
        token=reading.token_text,
        only_page=asked.only_page,
        beside=beside,
    )
    reach: Reach | None = Reach.TYPED if mark is None else mark.reach
    while reach is not None:
        page = await pager.page(request, _counted(body(reach)), reach)
        reach = further(reach, page.found.total["value"], words) if mark is None else None
    # A first page says how old that is which it shows, as later ones do.
    shown = mark if mark is not None else Mark((), as_of=page.as_of)
    return replace(page, hits=seen_hits(reading.caller, asked.sees, page.hits)), shown


def _counted(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Where values are counted, all that matches is looked at anyway."""
    return {"track_total_hits": True if "aggs" in body else COUNTED, **body}


def seen_hits(
    caller: Caller, sees: Callable[[Caller, Mapping[str, Any]], bool], hits: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    seen = [hit for hit in hits if sees(caller, hit["_source"])]
    if len(seen) != len(hits):
        log.error("found_what_must_not_be_seen", role=caller.role, hits=len(hits) - len(seen))
    return seen


def list_answer(page: Page, items: Sequence[Mapping[str, Any]], labels: Labels) -> dict[str, Any]:
    return {
        "items": items,
        "next": page.next,
        "prev": page.prev,
        "complete": page.found.complete and labels.complete,
    }


def facet_answer(
    asked: Sequence[str], aggregations: Mapping[str, Any], kinds: Mapping[str, str], labels: Labels
) -> dict[str, list[dict[str, Any]]] | None:
    """{facet: [{value, name, count}]}; `name` where the value is the id of something with a name."""
    if not asked:
        return None
    return {
        name: [
            {
                "value": bucket["key"],
                "name": labels.name(kinds[name], bucket["key"]) if name in kinds else None,
                "count": bucket["doc_count"],
            }
            for bucket in aggregations[name]["buckets"]
        ]
        for name in asked
    }
