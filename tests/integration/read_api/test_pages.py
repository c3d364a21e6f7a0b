from __future__ import annotations

from typing import Any

import pytest

from read_api.snapshots import Snapshots
from tests.integration.read_api.conftest import Library
from tests.integration.read_api.stores import moment, new_id

Person = dict[str, Any]


async def pages(library: Library, who: Person, path: str, step: str = "next", **params: Any) -> list[list[str]]:
    """The ids of every page, from the first on."""
    found: list[list[str]] = []
    page = await library.get(who, path, **params)
    while True:
        found.append([item["id"] for item in page["items"]])
        if page[step] is None:
            return found
        page = await library.get(who, path, **{**params, "cursor": page[step]})


@pytest.mark.parametrize("sort", ["number", "-created_at", "updated_at", "-priority"])
async def test_pages_hold_every_row_once_forward_and_backward(
    library: Library, agent: Person, customer: Person, sort: str
) -> None:
    tag = new_id()
    # Equal times: ties have to break, too.
    for number in range(23):
        await library.shelf.ticket(customer, tags=[tag], created_at=moment(number // 5), updated_at=moment(number // 5))
    await library.shelf.refresh()
    forward = await pages(library, agent, "/v1/tickets", tag=tag, limit=5, sort=sort)
    flat = [row for page in forward for row in page]
    assert [len(page) for page in forward] == [5, 5, 5, 5, 3]
    assert len(set(flat)) == 23
    last = await library.get(agent, "/v1/tickets", tag=tag, limit=5, sort=sort)
    for _ in range(4):
        last = await library.get(agent, "/v1/tickets", tag=tag, limit=5, sort=sort, cursor=last["next"])
    backward = []
    while last["prev"] is not None:
        last = await library.get(agent, "/v1/tickets", tag=tag, limit=5, sort=sort, cursor=last["prev"])
        backward.append([item["id"] for item in last["items"]])
    assert backward == forward[3::-1]


async def test_rows_that_move_while_somebody_pages_are_neither_lost_nor_doubled(
    library: Library, agent: Person, customer: Person
) -> None:
    tag = new_id()
    made = [await library.shelf.ticket(customer, tags=[tag], updated_at=moment(number)) for number in range(10)]
    await library.shelf.refresh()
    first = await library.get(agent, "/v1/tickets", tag=tag, limit=4, sort="-updated_at")
    seen = [item["id"] for item in first["items"]]
    oldest = made[0]
    await library.shelf.ticket(customer, tags=[tag], id=oldest["id"], updated_at=moment(99))
    await library.shelf.ticket(customer, tags=[tag], updated_at=moment(100))
    await library.shelf.refresh()
    cursor = first["next"]
    while cursor is not None:
        page = await library.get(agent, "/v1/tickets", tag=tag, limit=4, sort="-updated_at", cursor=cursor)
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert seen == [ticket["id"] for ticket in reversed(made)]


async def test_a_cursor_outlives_its_point_in_time(
    library: Library, agent: Person, customer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = new_id()
    for _ in range(6):
        await library.shelf.ticket(customer, tags=[tag])
    await library.shelf.refresh()
    opened: list[str] = []
    open_snapshot = Snapshots._open

    async def remembered(self: Snapshots, model: str) -> Any:
        snapshot = await open_snapshot(self, model)
        opened.append(snapshot.pit_id)
        return snapshot

    monkeypatch.setattr(Snapshots, "_open", remembered)
    first = await library.get(agent, "/v1/tickets", tag=tag, limit=4, sort="updated_at")
    for pit_id in opened:
        await library.shelf.elasticsearch.close_point_in_time(id=pit_id)
    second = await library.get(agent, "/v1/tickets", tag=tag, limit=4, sort="updated_at", cursor=first["next"])
    assert len({item["id"] for page in (first, second) for item in page["items"]}) == 6


async def test_a_cursor_belongs_to_its_caller_and_its_question(
    library: Library, agent: Person, customer: Person, other_customer: Person
) -> None:
    tag = new_id()
    for _ in range(3):
        await library.shelf.ticket(customer, tags=[tag])
    await library.shelf.refresh()
    asked = {"tag": tag, "limit": 1}
    cursor = (await library.get(agent, "/v1/tickets", **asked))["next"]
    assert (await library.answer(agent, "/v1/tickets", **asked, cursor=cursor)).status_code == 200
    colleague = await library.shelf.user("agent")
    for who, path, changed in (
        (colleague, "/v1/tickets", {}),
        (customer, "/v1/tickets", {}),
        (agent, "/v1/search/tickets", {}),
        (agent, "/v1/tickets", {"tag": new_id()}),
        (agent, "/v1/tickets", {"sort": "number"}),
        (agent, "/v1/tickets", {"cursor": cursor[:-2] + "xx"}),
        (agent, "/v1/tickets", {"cursor": "x" * 8000}),
    ):
        answer = await library.answer(who, path, **{**asked, "cursor": cursor, **changed})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["parameter"] == "cursor"


async def test_links_lead_to_the_other_pages(library: Library, agent: Person, customer: Person) -> None:
    tag = new_id()
    for _ in range(3):
        await library.shelf.ticket(customer, tags=[tag, "a b"])
    await library.shelf.refresh()
    first = await library.answer(agent, "/v1/tickets", tag=[tag, "a b"], limit=1)
    link = first.headers["Link"]
    assert link.endswith('>; rel="next"') and 'rel="prev"' not in link
    second = await library.answer(agent, link[1 : link.index(">")])
    assert second.status_code == 200
    assert 'rel="prev"' in second.headers["Link"] and 'rel="next"' in second.headers["Link"]
    assert second.json()["items"][0]["id"] != first.json()["items"][0]["id"]


async def test_found_tickets_are_paged_by_relevance(library: Library, agent: Person, customer: Person) -> None:
    tag = new_id()
    for number in range(9):
        await library.shelf.ticket(customer, tags=[tag], subject="toner " * (number % 3 + 1), body="x")
    await library.shelf.refresh()
    found = await pages(library, agent, "/v1/search/tickets", q="toner", tag=tag, limit=4)
    flat = [row for page in found for row in page]
    assert len(flat) == len(set(flat)) == 9
