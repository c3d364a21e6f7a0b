"""Views as they are stored, and how many tickets they show."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from read_api.reading import Reading
from read_api.search.runner import seen_hits
from read_api.tickets.queries import TicketSearch
from read_api.tickets.reader import MODEL as TICKETS
from read_api.tickets.search import understood, with_people
from read_api.views.queries import COUNTED_VIEWS, count_body, view_body, views_body
from read_api.views.visibility import sees_view
from read_models.views import VIEWS
from runtime.problems import ProblemError
from runtime.search.filters import InvalidParameter, filters_of
from runtime.search.grammar import InvalidQuery, parse

Source = Mapping[str, Any]


async def views(reading: Reading) -> list[Source]:
    return await _found(reading, views_body(reading.caller))


async def view(reading: Reading, view_id: str) -> Source:
    found = await _found(reading, view_body(view_id, reading.caller))
    if not found:
        raise ProblemError(404, "view.not_found", "There is no such view, or you may not see it.")
    return found[0]


async def search_of(reading: Reading, source: Source) -> TicketSearch:
    query = source["query"]
    return await understood(reading, parse(query.get("q", "")), filters_of(query))


async def counted_views(reading: Reading) -> list[dict[str, Any]]:
    """How many tickets each view shows, all of them counted in one round trip."""
    some = await _found(reading, views_body(reading.caller, COUNTED_VIEWS))
    bodies = await asyncio.gather(*(_counting(reading, source) for source in some))
    asked = [(TICKETS, body) for body in bodies if body is not None]
    await reading.searchable(TICKETS)
    answers = iter(await reading.services.search.multi_search(asked) if asked else ())
    return [
        {
            "view": {"id": source["id"], "name": source["name"]},
            "total": None if body is None else next(answers).total,
        }
        for source, body in zip(some, bodies, strict=True)
    ]


async def _counting(reading: Reading, source: Source) -> dict[str, Any] | None:
    """None: what was saved once means nothing any more, which who opens the view is told."""
    try:
        search = await with_people(reading, await search_of(reading, source))
        return count_body(search, reading.caller)
    except (InvalidParameter, InvalidQuery):
        return None


async def _found(reading: Reading, body: Mapping[str, Any]) -> list[Source]:
    await reading.searchable(VIEWS.name)
    found = await reading.services.search.search(VIEWS.name, body)
    return [hit["_source"] for hit in seen_hits(reading.caller, sees_view, found.hits)]
