"""Who is on a ticket: said to the command API, told by the stream, read from the query API, and over by itself."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, cast

import httpx
import pytest_asyncio
from starlette.types import ASGIApp

from projector.bootstrap import Projector
from runtime.presence import CHANGES_KEPT, MAX_PLACES, MAX_TABS, PRESENT_FOR_S, SAY, PresenceKeys
from runtime.redis_line import RedisLine, connect_redis_line
from tests.support.asgi import client_for, running
from tests.support.desk import Caller, Desk, expect, open_ticket, problem
from tests.support.event_stream import PATH, Event, kept_events, parse, position
from tests.support.eventually import eventually
from tests.support.pieces import Pieces, in_pieces
from tests.support.words import word
from tests.support.world import World
from write_api.bootstrap import create_app as create_write_app

Drain = Callable[[], Awaitable[int]]
LISTENING = f"{PATH}?types=presence"


@pytest_asyncio.fixture
async def line(world: World) -> AsyncIterator[RedisLine]:
    opened = connect_redis_line(world.settings)
    yield opened
    await opened.aclose()


async def say(caller: Caller, ticket: dict[str, Any], activity: str = "viewing", **params: str) -> httpx.Response:
    path = f"/v1/tickets/{ticket['id']}/presence"
    return await caller.write.put(path, json={"activity": activity}, params=params)


async def leave(caller: Caller, ticket: dict[str, Any], **params: str) -> None:
    answer = await caller.write.delete(f"/v1/tickets/{ticket['id']}/presence", params=params)
    assert answer.status_code == 204, answer.text


async def present(caller: Caller, ticket: dict[str, Any]) -> list[tuple[str, str]]:
    found = expect(await caller.read.get(f"/v1/tickets/{ticket['id']}/presence"))
    assert found["total"] == len(found["items"]) and found["complete"]
    return [(item["user"]["name"], item["activity"]) for item in found["items"]]


async def told(pieces: Pieces) -> list[Event]:
    """The next that are no heartbeat."""
    while True:
        piece = await pieces.next()
        assert piece is not None
        if events := parse(piece):
            return events


def about(ticket: dict[str, Any]) -> list[Event]:
    """Nothing of who or what, and no place to come back to."""
    return [Event("presence.changed", {"ticket_id": ticket["id"]})]


async def test_two_agents_see_one_another(
    agent: Caller, reviewer: Caller, customer: Caller, read_app: ASGIApp, drain: Drain
) -> None:
    ticket = await open_ticket(customer)
    await drain()
    async with in_pieces(read_app, agent, LISTENING) as pieces:
        assert (await told(pieces))[0].name == "ready"
        assert (await say(agent, ticket)).status_code == 204
        assert await told(pieces) == about(ticket)
        assert await present(agent, ticket) == [(agent.name, "viewing")]
        # Said again, it is no news.
        await say(agent, ticket)
        await say(reviewer, ticket)
        assert await told(pieces) == about(ticket)
        await say(reviewer, ticket, "typing")
        assert await told(pieces) == about(ticket)
        assert await present(agent, ticket) == [(reviewer.name, "typing"), (agent.name, "viewing")]
        await say(reviewer, ticket)
        assert await told(pieces) == about(ticket)
        await leave(reviewer, ticket)
        assert await told(pieces) == about(ticket)
        assert await present(agent, ticket) == [(agent.name, "viewing")]
    await leave(agent, ticket)
    assert await present(agent, ticket) == []


async def test_it_says_for_how_long(agent: Caller, drain: Drain) -> None:
    ticket = await open_ticket(agent)
    await drain()
    for activity, longest_ms in (("viewing", 30_000), ("typing", 10_000)):
        await say(agent, ticket, activity)
        (item,) = expect(await agent.read.get(f"/v1/tickets/{ticket['id']}/presence"))["items"]
        assert item["user"] == {"id": agent.id, "name": agent.name} and item["activity"] == activity
        assert 0 < item["for_ms"] <= longest_ms


async def test_who_is_not_there_is_not_told_unless_they_name_the_ticket(
    agent: Caller, reviewer: Caller, read_app: ASGIApp, drain: Drain
) -> None:
    ticket, other = await open_ticket(agent), await open_ticket(agent)
    await drain()
    named = f"{LISTENING}&ticket={ticket['id']}"
    async with in_pieces(read_app, agent, LISTENING) as pieces, in_pieces(read_app, agent, named) as of_ticket:
        await told(pieces), await told(of_ticket)
        await say(reviewer, ticket)
        assert await told(of_ticket) == about(ticket)
        await say(agent, other)
        assert await told(pieces) == about(other)
    await leave(reviewer, ticket)


async def test_nothing_of_it_is_told_afterwards_or_kept(
    world: World, agent: Caller, customer: Caller, drain: Drain
) -> None:
    ticket = await open_ticket(customer)
    await drain()
    rows = "SELECT (SELECT count(*) FROM domain_events) + (SELECT count(*) FROM outbox)"
    since, before = await position(agent), await world.pool.fetchval(rows)
    await say(agent, ticket, "typing")
    assert await world.pool.fetchval(rows) == before
    everything = "ticket,document,presence"
    names = [event.name for event in await kept_events(agent, since, types=everything, ticket=ticket["id"])]
    assert "presence.changed" not in names
    keys = PresenceKeys(world.namespace)
    for key in (keys.places(ticket["id"]), keys.changes):
        assert 0 < await world.redis.ttl(key) <= 60
    await leave(agent, ticket)


async def test_customers_neither_say_nor_see_it(
    agent: Caller, customer: Caller, other_customer: Caller, read_app: ASGIApp, drain: Drain
) -> None:
    ticket = await open_ticket(customer)
    await drain()
    problem(await say(customer, ticket), 403, "ticket.forbidden")
    problem(await say(other_customer, ticket), 404, "ticket.not_found")
    path = f"/v1/tickets/{ticket['id']}/presence"
    problem(await customer.read.get(path), 403, "ticket.forbidden")
    problem(await other_customer.read.get(path), 404, "ticket.not_found")
    async with in_pieces(read_app, customer, f"{PATH}?types=ticket,presence&ticket={ticket['id']}") as pieces:
        await told(pieces)
        await say(agent, ticket)
        message = {"body": "Hello.", "visibility": "public"}
        expect(await agent.write.post(f"/v1/tickets/{ticket['id']}/messages", json=message), 201)
        await drain()
        # What came before it would have been told before it.
        assert [event.name for event in await told(pieces)] == ["message.added", "ticket.changed"]
    await leave(agent, ticket)


async def test_of_another_groups_ticket_nothing_is_said_told_or_read(
    desk: Desk, admin: Caller, agent: Caller, read_app: ASGIApp, drain: Drain
) -> None:
    here, there = [expect(await admin.write.post("/v1/groups", json={"name": word()}), 201)["id"] for _ in range(2)]
    scoped = await desk.register(admin, "agent", ticket_access="groups", group_ids=[here])
    ticket, own = await open_ticket(admin, group_id=there), await open_ticket(admin, group_id=here)
    await drain()
    problem(await say(scoped, ticket), 404, "ticket.not_found")
    problem(await scoped.read.get(f"/v1/tickets/{ticket['id']}/presence"), 404, "ticket.not_found")
    of_ticket = f"{LISTENING}&ticket={ticket['id']}"
    async with in_pieces(read_app, scoped, of_ticket) as pieces, in_pieces(read_app, scoped, LISTENING) as of_own:
        await told(pieces), await told(of_own)
        await say(agent, ticket, "typing")
        await say(scoped, own)
        assert await told(of_own) == about(own)
        # In the same order to everybody: had it been told, it would be here.
        assert pieces._pieces.empty()
    await leave(agent, ticket)


async def test_whoever_loses_sight_of_the_ticket_hears_nothing_more(
    desk: Desk, admin: Caller, agent: Caller, read_app: ASGIApp, drain: Drain
) -> None:
    here, there = [expect(await admin.write.post("/v1/groups", json={"name": word()}), 201)["id"] for _ in range(2)]
    scoped = await desk.register(admin, "agent", ticket_access="groups", group_ids=[here])
    ticket, own = await open_ticket(admin, group_id=here), await open_ticket(admin, group_id=here)
    await drain()
    async with in_pieces(read_app, scoped, LISTENING) as pieces:
        await told(pieces)
        await say(scoped, ticket)
        assert await told(pieces) == about(ticket)
        moved = await admin.write.patch(
            f"/v1/tickets/{ticket['id']}", json={"group_id": there}, headers={"If-Match": "*"}
        )
        expect(moved)
        # They are still on it, for all that Redis knows.
        await say(agent, ticket)
        await say(scoped, own)
        assert await told(pieces) == about(own)
    await leave(agent, ticket)


async def test_a_person_is_there_until_the_last_of_their_tabs_has_gone(agent: Caller, drain: Drain) -> None:
    ticket = await open_ticket(agent)
    await drain()
    await say(agent, ticket, tab="one")
    await say(agent, ticket, "typing", tab="two")
    assert await present(agent, ticket) == [(agent.name, "typing")]
    await leave(agent, ticket, tab="two")
    assert await present(agent, ticket) == [(agent.name, "viewing")]
    await leave(agent, ticket, tab="never-was")
    assert await present(agent, ticket) == [(agent.name, "viewing")]
    await leave(agent, ticket, tab="one")
    assert await present(agent, ticket) == []


async def test_there_is_an_end_to_tabs_and_people(world: World, agent: Caller, drain: Drain, line: RedisLine) -> None:
    ticket = await open_ticket(agent)
    await drain()
    keys = PresenceKeys(world.namespace)
    for number in range(MAX_TABS + 3):
        await say(agent, ticket, tab=str(number))
    places = await cast("Awaitable[list[bytes]]", world.redis.hkeys(keys.places(ticket["id"])))
    assert sorted(places) == sorted(f"{agent.id}|{number}".encode() for number in range(3, MAX_TABS + 3))
    for _ in range(MAX_PLACES):
        await said(line, keys, ticket["id"], secrets.token_hex(16), PRESENT_FOR_S * 1000)
    assert await cast("Awaitable[int]", world.redis.hlen(keys.places(ticket["id"]))) == MAX_PLACES
    found = expect(await agent.read.get(f"/v1/tickets/{ticket['id']}/presence"))
    assert (len(found["items"]), found["total"]) == (20, MAX_PLACES)


async def test_what_nobody_says_again_is_over(world: World, agent: Caller, drain: Drain, line: RedisLine) -> None:
    ticket = await open_ticket(agent)
    await drain()
    keys = PresenceKeys(world.namespace)
    await said(line, keys, ticket["id"], agent.id, 400, typing_ms=200)
    seen: list[list[tuple[str, str]]] = []

    async def is_over() -> bool:
        seen.append(await present(agent, ticket))
        return seen[-1] == []

    await eventually(is_over)
    assert all(people in ([(agent.name, "typing")], [(agent.name, "viewing")], []) for people in seen)
    assert await world.redis.exists(keys.places(ticket["id"])) == 0


async def test_without_redis_the_command_says_so_and_everything_else_goes_on(
    world: World, projector: Projector, agent: Caller
) -> None:
    ticket = await open_ticket(agent)
    settings = world.settings.copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    async with running(create_write_app(settings)) as app, client_for(app, agent.headers) as client:
        path = f"/v1/tickets/{ticket['id']}/presence"
        problem(await client.put(path, json={"activity": "viewing"}), 503, "store.unavailable")
        problem(await client.delete(path), 503, "store.unavailable")
        message = {"body": "Hello.", "visibility": "public"}
        expect(await client.post(f"/v1/tickets/{ticket['id']}/messages", json=message), 201)


async def test_what_is_not_in_order_is_refused(agent: Caller) -> None:
    ticket = await open_ticket(agent)
    for answer in (
        await say(agent, ticket, "sleeping"),
        await say(agent, ticket, tab="a|b"),
        await say(agent, ticket, tab="x" * 65),
    ):
        problem(answer, 422, "request.invalid")


async def said(
    line: RedisLine, keys: PresenceKeys, ticket_id: str, user_id: str, present_ms: int, typing_ms: int = 0
) -> None:
    """As the command API does, for as long as a test wants."""
    who = (user_id, "tab", present_ms, typing_ms, MAX_TABS, MAX_PLACES)
    await line.run(line.script(SAY), (keys.places(ticket_id), keys.changes), *who, ticket_id, b"{}", CHANGES_KEPT, 60)
