"""Words of a query that name somebody: found whether or not it was known beforehand that they do."""

from __future__ import annotations

from typing import Any

from tests.integration.read_api.conftest import Library
from tests.support.words import word

Person = dict[str, Any]


async def _found(library: Library, who: Person, q: str) -> list[str]:
    return [item["id"] for item in (await library.get(who, "/v1/search/tickets", q=q))["items"]]


async def test_the_first_search_for_a_name_finds_what_later_ones_find(library: Library, agent: Person) -> None:
    name, subject = word(), word()
    requester = await library.shelf.user("customer", name=f"Rosa {name}")
    theirs = await library.shelf.ticket(requester, subject=subject)
    others = await library.shelf.ticket(agent, subject=f"{subject} for {name}")
    await library.shelf.refresh()
    for _ in range(3):
        assert set(await _found(library, agent, name)) == {theirs["id"], others["id"]}
        assert set(await _found(library, agent, f"{subject} {name}")) == {theirs["id"], others["id"]}


async def test_a_name_that_is_given_up_finds_nobody_any_more(library: Library, agent: Person) -> None:
    name = word()
    requester = await library.shelf.user("customer", name=f"Rosa {name}")
    theirs = await library.shelf.ticket(requester)
    await library.shelf.refresh()
    assert await _found(library, agent, name) == [theirs["id"]]
    await library.shelf.user("customer", id=requester["id"], name="Rosa")
    await library.shelf.refresh()
    assert await _found(library, agent, name) == await _found(library, agent, name) == []


async def test_customers_learn_nothing_by_names(library: Library, agent: Person, customer: Person) -> None:
    name = word()
    await library.shelf.ticket(await library.shelf.user("customer", name=f"Rosa {name}"), subject=word())
    await library.shelf.refresh()
    assert len(await _found(library, agent, name)) == 1
    assert await _found(library, customer, name) == []
