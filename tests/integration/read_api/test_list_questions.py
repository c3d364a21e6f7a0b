"""A list whose query string is known goes past the framework: it has to answer as the framework does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.read_api.conftest import Library
from tests.integration.read_api.stores import new_id

Person = dict[str, Any]


async def test_the_same_question_is_answered_alike_the_second_time(
    library: Library, agent: Person, customer: Person
) -> None:
    tag = new_id()
    for _ in range(5):
        await library.shelf.ticket(customer, tags=[tag])
    await library.shelf.refresh()
    asked = {"tag": tag, "limit": 2, "sort": "number"}
    first, second = [await library.answer(agent, "/v1/tickets", **asked) for _ in range(2)]
    assert first.content == second.content
    assert first.headers["link"] == second.headers["link"]
    cursor = first.json()["next"]
    page = await library.answer(agent, "/v1/tickets", **asked, cursor=cursor)
    assert [item["id"] for item in page.json()["items"]] == [
        item["id"] for item in (await library.get(agent, "/v1/tickets", tag=tag, limit=4, sort="number"))["items"][2:]
    ]
    seen_by_customer = await library.answer(customer, "/v1/tickets", **asked)
    assert [item["message_count"] for item in seen_by_customer.json()["items"]] == [None, None]
    stranger = await library.shelf.user("customer")
    assert (await library.get(stranger, "/v1/tickets", **asked))["items"] == []


@pytest.mark.parametrize("cursor", ["nonsense", "", "a b", "x" * 8193])
async def test_a_bad_cursor_is_refused_alike_before_and_after(library: Library, agent: Person, cursor: str) -> None:
    tag = new_id()
    before = await library.answer(agent, "/v1/tickets", tag=tag, cursor=cursor)
    assert (await library.answer(agent, "/v1/tickets", tag=tag)).status_code == 200
    after = await library.answer(agent, "/v1/tickets", tag=tag, cursor=cursor)
    assert before.status_code == after.status_code == 422
    assert {**before.json(), "request_id": None} == {**after.json(), "request_id": None}


async def test_who_is_not_signed_in_gets_nothing_that_is_known(library: Library, agent: Person) -> None:
    assert (await library.answer(agent, "/v1/tickets", limit=7)).status_code == 200
    anonymous = await library.answer(None, "/v1/tickets", limit=7)
    assert anonymous.status_code == 401
    assert anonymous.headers["www-authenticate"].startswith("Bearer")
    assert (await library.answer(agent, "/v1/tickets", limit=7, unknown=1)).status_code == 422
