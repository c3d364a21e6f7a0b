"""Lists of users, groups and organizations, and one of them by its id."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Response

from read_api.identity.queries import SORTS, PeopleSearch, people_body
from read_api.identity.shapes import SHAPES, mentioned
from read_api.identity.visibility import sees_person
from read_api.reading import Reading
from read_api.search.parameters import sorted_by
from read_api.search.people import PEOPLE
from read_api.search.runner import Asked, list_answer, page_of
from runtime.problems import ProblemError
from runtime.search.fields import is_id
from runtime.search.filters import Filters
from runtime.search.grammar import searchable
from runtime.search.sorting import RELEVANCE


@dataclass(frozen=True)
class PeopleQuestion:
    kind: str
    text: str
    filters: Filters
    sort: str | None
    limit: int
    cursor: str | None


async def people(reading: Reading, question: PeopleQuestion) -> Response:
    text = question.text if searchable(question.text) else ""
    sort = question.sort or (RELEVANCE if text else "-created_at")
    asked = Asked(
        f"/v1/{question.kind}",
        PEOPLE,
        sees_person,
        {**question.filters.asked(), "q": question.text},
        sorted_by(sort, SORTS),
        question.limit,
        question.cursor,
    )
    body = people_body(PeopleSearch(question.kind, question.filters, text), reading.caller)
    page, mark = await page_of(reading, asked, lambda _: body)
    sources = [hit["_source"] for hit in page.hits]
    labels = await reading.services.labels.read(mentioned(sources), reading.locales)
    shape = SHAPES[question.kind]
    return await reading.answer(list_answer(page, [shape(source, labels) for source in sources], labels), mark=mark)


async def person(reading: Reading, kind: str, person_id: str, if_none_match: str | None) -> Response:
    stored = await reading.services.search.get(PEOPLE, person_id.lower()) if is_id(person_id) else None
    if stored is None or stored.source["kind"] != kind or not sees_person(reading.caller, stored.source):
        raise ProblemError(404, f"{kind}.not_found", f"There is no such {kind}, or you may not see it.")
    labels = await reading.services.labels.read(mentioned([stored.source]), reading.locales)
    shown = SHAPES[kind](stored.source, labels)
    return await reading.answer(shown, version=stored.source["version"], if_none_match=if_none_match)
