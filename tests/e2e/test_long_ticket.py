"""All text of a ticket is searchable, however long the thread; and the thread can be read page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from uuid import UUID

import pytest_asyncio

from domain.shared.actor import Role
from tests.support.desk import Caller, expect, open_ticket, waiting_for
from tests.support.moments import moment
from tests.support.people import People
from tests.support.words import word
from tests.support.world import World
from write_api.persistence.unit_of_work import UnitOfWorkFactory

MESSAGES = 5_000
PER_COMMIT = 500
FILLER = (
    "The printer still prints stripes, although the drum was cleaned and the toner is new, as we wrote before. " * 3
)


@dataclass(frozen=True)
class LongTicket:
    id: str
    first: str
    middle: str
    last: str
    note: str
    headers: dict[str, str]


@pytest_asyncio.fixture(scope="module")
async def long_ticket(people: People, served_world: World) -> LongTicket:
    first, middle, last, note = word(), word(), word(), word()
    ticket = await open_ticket(people.customer, subject="A very long story", body=f"It began with {first}.")
    unit_of_work = UnitOfWorkFactory(served_world.pool)
    texts = {MESSAGES // 2: middle, MESSAGES - 2: note}
    written = 1
    while written < MESSAGES - 1:
        async with unit_of_work() as unit:
            loaded = await unit.tickets.get(UUID(ticket["id"]))
            for number in range(written, min(written + PER_COMMIT, MESSAGES - 1)):
                by_agent = number % 2 == 0
                loaded.add_message(
                    author_id=UUID(people.agent.id if by_agent else people.customer.id),
                    author_role=Role.AGENT if by_agent else Role.CUSTOMER,
                    visibility="internal" if texts.get(number) == note else "public",
                    body=f"{FILLER}{texts.get(number, '')} (message {number})",
                    at=datetime.now(timezone.utc),
                )
                written += 1
            await unit.tickets.save(loaded)
            await unit.commit()
    answer = await people.customer.write.post(
        f"/v1/tickets/{ticket['id']}/messages", json={"body": f"At last: {last}.", "visibility": "public"}
    )
    assert expect(answer, 201)["position"] == MESSAGES
    return LongTicket(
        ticket["id"], first, middle, last, note, waiting_for(answer.headers["Consistency-Token"], wait_s=5)
    )


async def test_every_message_of_the_thread_is_searchable(long_ticket: LongTicket, people: People) -> None:
    for text in (long_ticket.first, long_ticket.middle, long_ticket.last):
        answer = await people.customer.read.get("/v1/search/tickets", params={"q": text}, headers=long_ticket.headers)
        found = expect(answer)
        assert [item["id"] for item in found["items"]] == [long_ticket.id], text
        assert text in repr(found["items"][0]["highlights"]), "the place in the thread is shown"
    for caller, hits in ((people.agent, 1), (people.customer, 0)):
        answer = await caller.read.get(
            "/v1/search/tickets", params={"q": long_ticket.note}, headers=long_ticket.headers
        )
        assert expect(answer)["total"]["value"] == hits


async def test_the_ticket_shows_its_newest_messages_only(long_ticket: LongTicket, customer: Caller) -> None:
    seen = expect(await customer.read.get(f"/v1/tickets/{long_ticket.id}", headers=long_ticket.headers))
    assert len(seen["messages"]) == 20
    assert long_ticket.last in seen["messages"][-1]["body"]
    times = [moment(message["created_at"]) for message in seen["messages"]]
    assert times == sorted(times)


async def test_the_thread_pages_from_its_first_to_its_last_message(long_ticket: LongTicket, people: People) -> None:
    for caller, expected in ((people.agent, MESSAGES), (people.customer, MESSAGES - 1)):
        ids: list[str] = []
        bodies: list[str] = []
        params: dict[str, str | int] = {"limit": 100}
        while True:
            answer = await caller.read.get(
                f"/v1/tickets/{long_ticket.id}/messages", params=params, headers=long_ticket.headers
            )
            page = expect(answer)
            ids += [message["id"] for message in page["items"]]
            bodies += [message["body"] for message in page["items"]]
            if page["next"] is None:
                break
            assert 'rel="next"' in answer.headers["Link"]
            params = {"limit": 100, "cursor": page["next"]}
        assert len(ids) == len(set(ids)) == expected
        assert long_ticket.first in bodies[0]
        assert long_ticket.last in bodies[-1]
