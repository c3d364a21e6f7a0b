"""Names on lists are read once and remembered, until it is said that one has changed."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from tests.integration.read_api.conftest import Library
from tests.integration.read_api.shelf import token_of
from tests.integration.read_api.test_remembered_tickets import relabel
from tests.support.eventually import eventually
from tests.support.words import word

Person = dict[str, Any]


async def ticket_of_rosa(library: Library) -> tuple[Person, Person, Person]:
    """Who looks, who asked, and the ticket."""
    agent = await library.shelf.user("agent", name="Agnes")
    requester = await library.shelf.user("customer", name="Rosa")
    ticket = await library.shelf.ticket(requester)
    await library.shelf.refresh()
    return agent, requester, ticket


async def name_on_list(library: Library, agent: Person, ticket: Person, **headers: str) -> str:
    found = await library.get(agent, "/v1/tickets", requester=ticket["requester_id"], headers=headers)
    name: str = found["items"][0]["requester"]["name"]
    return name


async def say_that_names_changed(library: Library) -> None:
    await library.shelf.publish(datetime.now(timezone.utc))
    await library.shelf.redis.set(library.shelf.keys.labels_changed, word())


async def test_names_are_remembered_until_one_changes(own_library: Library) -> None:
    agent, requester, ticket = await ticket_of_rosa(own_library)
    await say_that_names_changed(own_library)

    async def is_remembered() -> bool:
        shown = await name_on_list(own_library, agent, ticket)
        await relabel(own_library, "user", requester, name=f"Rosa {word()}")
        return await name_on_list(own_library, agent, ticket) == shown

    await eventually(is_remembered)
    await relabel(own_library, "user", requester, name="Rosa Married")
    await say_that_names_changed(own_library)

    async def is_shown() -> bool:
        return await name_on_list(own_library, agent, ticket) == "Rosa Married"

    await eventually(is_shown)


async def test_who_waited_for_a_write_gets_the_names_of_now(own_library: Library) -> None:
    agent, requester, ticket = await ticket_of_rosa(own_library)
    await say_that_names_changed(own_library)
    await name_on_list(own_library, agent, ticket)
    await relabel(own_library, "user", requester, name="Rosa Married")
    waiting = {"Consistency-Token": token_of("user", requester), "Prefer": "wait=1"}
    assert await name_on_list(own_library, agent, ticket, **waiting) == "Rosa Married"


async def test_where_nobody_says_whether_names_changed_they_are_asked_for(own_library: Library) -> None:
    agent, requester, ticket = await ticket_of_rosa(own_library)
    await own_library.shelf.publish(datetime.now(timezone.utc))
    assert await name_on_list(own_library, agent, ticket) == "Rosa"
    await relabel(own_library, "user", requester, name="Rosa Married")
    assert await name_on_list(own_library, agent, ticket) == "Rosa Married"
