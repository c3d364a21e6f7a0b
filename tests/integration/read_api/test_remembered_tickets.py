"""What a process answered once it answers again from memory, while nothing that the answer shows has changed."""

from __future__ import annotations

from typing import Any

import orjson

from read_api.services import Services
from read_api.stores.redis import KnownState
from read_api.tickets.remembered import ENTRY_BYTES, RememberedTickets, ShapedTicket
from runtime.rate_limit import Bucket, Policy
from tests.integration.read_api.conftest import Library
from tests.integration.read_api.test_ticket_lane import (
    ORDINARY,
    Person,
    Reader,
    busy_ticket,
    by_lane,
    principal,
    services,
)

__all__ = ["busy_ticket", "by_lane", "services"]


async def shown(by_lane: Reader, user: Person, ticket: Person) -> Any:
    answer = await by_lane(user, ticket["id"])
    assert answer is not None and answer.status == 200
    return orjson.loads(answer.body)


async def relabel(library: Library, kind: str, source: Person, **changes: Any) -> None:
    label = orjson.dumps({"digest": "0" * 32, **source, **changes})
    hash_key = library.shelf.keys.labels(kind)
    await library.shelf.redis.execute_command("HSET", hash_key, source["id"], label)  # type: ignore[no-untyped-call]


async def test_a_changed_ticket_is_shown_as_it_is_now(
    library: Library, by_lane: Reader, agent: Person, busy_ticket: Person
) -> None:
    first = await by_lane(agent, busy_ticket["id"])
    changed = {**busy_ticket, "version": 2, "subject": "Another subject"}
    again = {name: value for name, value in changed.items() if name != "messages"}
    await library.shelf.ticket({"id": busy_ticket["requester_id"]}, **again)
    second = await by_lane(agent, busy_ticket["id"])
    ordinary = await library.answer(agent, f"/v1/tickets/{busy_ticket['id']}", headers=ORDINARY)
    assert first is not None and second is not None and first.body != second.body == ordinary.content
    assert dict(second.headers)[b"etag"].decode() == ordinary.headers["etag"]


async def test_a_new_name_is_in_the_next_answer(
    library: Library, by_lane: Reader, agent: Person, customer: Person, busy_ticket: Person
) -> None:
    before = await by_lane(customer, busy_ticket["id"])
    assert before is not None
    tag = dict(before.headers)[b"etag"].decode()
    await relabel(library, "user", customer, name="Carla Married")
    assert (await shown(by_lane, customer, busy_ticket))["requester"]["name"] == "Carla Married"
    after = await by_lane(customer, busy_ticket["id"], if_none_match=tag)
    assert after is not None and after.status == 200
    await relabel(library, "user", customer)
    assert (await shown(by_lane, customer, busy_ticket))["requester"]["name"] == customer["name"]


async def test_what_is_gone_is_not_remembered(
    library: Library, by_lane: Reader, agent: Person, busy_ticket: Person
) -> None:
    await shown(by_lane, agent, busy_ticket)
    await library.shelf.bury("tickets", busy_ticket["id"])
    assert await by_lane(agent, busy_ticket["id"]) is None


async def test_whoever_lost_the_right_sees_nothing_from_memory(
    library: Library, by_lane: Reader, busy_ticket: Person
) -> None:
    organization = await library.shelf.organization("Sharing", shares_tickets=True)
    requester = await library.shelf.user("customer", organization_id=organization["id"])
    colleague = await library.shelf.user("customer", organization_id=organization["id"])
    ticket = await library.shelf.ticket(requester, organization_id=organization["id"])
    assert await shown(by_lane, colleague, ticket)
    await library.shelf.allow("organization", organization, shares_tickets=False)
    assert await by_lane(colleague, ticket["id"]) is None
    assert await shown(by_lane, requester, ticket)
    await library.shelf.allow("user", requester, active=False)
    assert await by_lane(requester, ticket["id"]) is None


async def test_a_scoped_agent_who_left_the_group_sees_nothing_from_memory(
    library: Library, by_lane: Reader, agent: Person, busy_ticket: Person
) -> None:
    rights = {"ticket_access": "groups", "group_ids": [busy_ticket["group_id"]]}
    scoped = await library.shelf.user("agent", **rights)
    for who in (agent, scoped):
        assert await shown(by_lane, who, busy_ticket)
    await library.shelf.allow("user", scoped, group_ids=[])
    assert await by_lane(scoped, busy_ticket["id"]) is None
    await library.shelf.allow("user", agent, ticket_access="groups")
    # It is assigned to them.
    assert await shown(by_lane, agent, busy_ticket)
    await library.shelf.allow("user", agent)


async def test_without_the_seal_nothing_is_answered_from_memory(
    library: Library, by_lane: Reader, agent: Person, busy_ticket: Person
) -> None:
    await shown(by_lane, agent, busy_ticket)
    await library.shelf.redis.set(library.shelf.access_keys.seal, "another run of the server")
    assert await by_lane(agent, busy_ticket["id"]) is None
    await library.shelf.seal()
    assert await shown(by_lane, agent, busy_ticket)


async def test_a_demoted_agent_sees_no_note_from_memory(
    library: Library, by_lane: Reader, agent: Person, customer: Person, busy_ticket: Person
) -> None:
    demoted = await library.shelf.user("agent")
    assert len((await shown(by_lane, demoted, busy_ticket))["messages"]) == 3
    assert len((await shown(by_lane, customer, busy_ticket))["messages"]) == 1
    await library.shelf.allow("user", demoted, role="customer")
    # Their token still says agent.
    assert await by_lane(demoted, busy_ticket["id"]) is None
    promoted = await library.shelf.user("customer")
    await library.shelf.allow("user", promoted, role="agent")
    for _ in range(2):
        answer = await by_lane(promoted, busy_ticket["id"])
        assert answer is None or b"between us" in answer.body


async def test_what_is_as_it_was_does_not_travel_again(
    library: Library, services: Services, agent: Person, busy_ticket: Person
) -> None:
    bucket, who = Bucket(Policy("read", 1_000), f"{library.settings.namespace}:rate:once"), principal(agent)
    aggregate = ("ticket", busy_ticket["id"])
    first = await services.lookup.counted_document(bucket, who, "tickets", aggregate, KnownState())
    assert first.document is not None and first.state is not None
    known = KnownState(first.state, ",".join(map(":".join, first.document.labels)))
    assert (await services.lookup.counted_document(bucket, who, "tickets", aggregate, known)).document is None
    # Something was projected: whatever it was, it is looked at.
    await library.shelf.apply("ticket", busy_ticket["id"], 1)
    assert (await services.lookup.counted_document(bucket, who, "tickets", aggregate, known)).document is not None
    used_up = Bucket(Policy("read", 1), f"{library.settings.namespace}:rate:twice")
    answers = [await services.lookup.counted_document(used_up, who, "tickets", aggregate, known) for _ in range(2)]
    assert [answer.allowed for answer in answers] == [1, 0] and answers[1].user is None


def test_memory_is_bounded_by_bytes_and_the_least_recently_used_make_room() -> None:
    def ticket(size: int) -> ShapedTicket:
        return ShapedTicket(KnownState(), {}, "", b"x" * size, (), ())

    remembered = RememberedTickets(max_bytes=3 * (100 + ENTRY_BYTES))
    for name in ("a", "b", "c"):
        remembered.put((name, True), ticket(100))
    assert remembered.get(("a", True)) is not None
    remembered.put(("d", True), ticket(100))
    assert remembered.get(("b", True)) is None and remembered.get(("a", True)) is not None
    remembered.put(("a", True), ticket(10))
    assert remembered.bytes == 2 * 100 + 10 + 3 * ENTRY_BYTES
    remembered.put(("a", True), ticket(10_000_000))
    assert remembered.get(("a", True)) is None and remembered.bytes == 2 * (100 + ENTRY_BYTES)
