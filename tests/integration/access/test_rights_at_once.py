"""What somebody may do changes with the answer to the command that changes it: the projector stands still here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
import pytest_asyncio

from projector.bootstrap import open_projector
from read_api.bootstrap import create_app as create_read_app
from runtime.access import AccessKeys
from tests.support.addresses import StoreAddresses
from tests.support.asgi import client_for, running
from tests.support.desk import Caller, Desk, expect, open_ticket, problem, publish_document
from tests.support.eventually import eventually
from tests.support.house import House, is_known, open_house, signed_in_known
from tests.support.people import hire
from tests.support.words import word
from tests.support.world import World, open_world
from write_api.bootstrap import create_app as create_write_app


@pytest_asyncio.fixture(scope="module")
async def shared(store_addresses: StoreAddresses, template: str) -> AsyncIterator[House]:
    """For tests that take nothing away from one another."""
    async with open_house(store_addresses, template) as opened:
        yield opened


async def change(house: House, path: str, **changes: Any) -> None:
    expect(await house.admin.write.patch(path, json=changes, headers={"If-Match": "*"}))


async def change_user(house: House, caller: Caller, **changes: Any) -> None:
    await change(house, f"/v1/users/{caller.id}", **changes)


async def reads(caller: Caller, ticket: dict[str, Any]) -> int:
    """What every way to one ticket says to this caller; they have to agree."""
    path = f"/v1/tickets/{ticket['id']}"
    # The second time it could come from memory.
    paths = (path, path, f"/v1/tickets/{ticket['number']}", f"{path}/messages", f"{path}/history")
    statuses = {(await caller.read.get(one)).status_code for one in paths}
    assert len(statuses) == 1, statuses
    status = statuses.pop()
    if status in (200, 404):
        for listed in (
            "/v1/tickets?limit=100",
            f"/v1/search/tickets?q={ticket['word']}",
            f"/v1/search?q={ticket['word']}",
        ):
            found = expect(await caller.read.get(listed))
            assert (ticket["id"] in [item["id"] for item in found["items"]]) is (status == 200), listed
        offered = expect(await caller.read.get("/v1/suggest", params={"q": ticket["word"]}))
        assert bool(offered["items"]) is (status == 200)
    return status


async def a_ticket(house: House, **fields: Any) -> dict[str, Any]:
    text = word()
    ticket = await open_ticket(house.admin, subject=text, **fields)
    await house.drain()
    return {**ticket, "word": text}


async def test_who_is_new_reads_before_they_are_projected(shared: House) -> None:
    agent = await shared.desk.register(shared.admin, "agent")
    assert await is_known(agent)


async def test_an_agent_who_becomes_a_customer_sees_like_one(shared: House) -> None:
    agent = await shared.desk.register(shared.admin, "agent")
    ticket = await a_ticket(shared)
    assert await reads(agent, ticket) == 200
    await change_user(shared, agent, role="customer")
    assert await reads(agent, ticket) == 404
    problem(await agent.read.get("/v1/documents", params={"state": "draft"}), 403, "document.drafts_forbidden")
    counted = expect(await agent.read.get("/v1/counts"))
    assert (counted["all"]["total"], counted["groups"]) == (0, None)
    await change_user(shared, agent, role="agent")
    assert await reads(agent, ticket) == 200


async def test_an_agent_who_is_limited_to_groups_sees_those_only(shared: House) -> None:
    group = await shared.group(word())
    agent = await shared.desk.register(shared.admin, "agent")
    inside, outside = await a_ticket(shared, group_id=group), await a_ticket(shared)
    await change_user(shared, agent, ticket_access="groups")
    assert [await reads(agent, ticket) for ticket in (inside, outside)] == [404, 404]
    await change_user(shared, agent, group_ids=[group])
    assert [await reads(agent, ticket) for ticket in (inside, outside)] == [200, 404]
    await change_user(shared, agent, group_ids=[])
    assert [await reads(agent, ticket) for ticket in (inside, outside)] == [404, 404]
    await change_user(shared, agent, ticket_access="all")
    assert [await reads(agent, ticket) for ticket in (inside, outside)] == [200, 200]


async def test_an_api_token_loses_with_its_user(shared: House) -> None:
    agent = await shared.desk.register(shared.admin, "agent")
    made = await agent.write.post("/v1/api-tokens", json={"name": word(), "scopes": ["read"]})
    by_token = shared.desk.caller(expect(made, 201)["token"])
    ticket = await a_ticket(shared)
    assert await reads(by_token, ticket) == 200
    await change_user(shared, agent, ticket_access="groups")
    assert await reads(by_token, ticket) == 404
    await change_user(shared, agent, active=False)
    problem(await by_token.read.get(f"/v1/tickets/{ticket['id']}"), 401, "token.invalid")


async def test_who_leaves_a_group_reads_its_documents_no_more(shared: House) -> None:
    group = await shared.group(word())
    agent = await shared.desk.register(shared.admin, "agent", group_ids=[group])
    fields = {"visibility": "groups", "group_ids": [group]}
    document = await publish_document(shared.admin, shared.admin, title=word(), **fields)
    await shared.drain()
    path = f"/v1/documents/{document['id']}"
    assert (await agent.read.get(path)).status_code == 200
    await change_user(shared, agent, group_ids=[])
    for more in ("", "?locale=en", "/versions"):
        problem(await agent.read.get(f"{path}{more}"), 404, "document.not_found")
    assert document["id"] not in (await agent.read.get("/v1/documents", params={"limit": 100})).text


async def test_who_was_deactivated_is_out(shared: House) -> None:
    agent = await shared.desk.register(shared.admin, "agent")
    ticket = await a_ticket(shared)
    assert await reads(agent, ticket) == 200
    await change_user(shared, agent, active=False)
    for path in ("/v1/tickets", f"/v1/tickets/{ticket['id']}", "/v1/documents", "/v1/suggest?q=x"):
        problem(await agent.read.get(path), 401, "token.invalid")


async def test_an_organization_that_shares_no_more_and_who_leaves_it(shared: House) -> None:
    organization = await shared.organization(word(), shares_tickets=True)
    owner, colleague, leaver = [
        await shared.desk.register(shared.admin, "customer", organization_id=organization) for _ in range(3)
    ]
    ticket = await a_ticket(shared, requester_id=owner.id)
    assert [await reads(one, ticket) for one in (owner, colleague, leaver)] == [200, 200, 200]
    await change_user(shared, leaver, organization_id=None)
    assert [await reads(one, ticket) for one in (owner, colleague, leaver)] == [200, 200, 404]
    await change(shared, f"/v1/organizations/{organization}", shares_tickets=False)
    assert [await reads(one, ticket) for one in (owner, colleague, leaver)] == [200, 404, 404]


async def test_a_cursor_from_before_is_of_no_use(shared: House) -> None:
    agent = await shared.desk.register(shared.admin, "agent")
    for _ in range(3):
        await a_ticket(shared)
    for sort in ("-created_at", "-updated_at"):
        await change_user(shared, agent, ticket_access="all")
        first = expect(await agent.read.get("/v1/tickets", params={"limit": 1, "sort": sort}))
        await change_user(shared, agent, ticket_access="groups")
        again = await agent.read.get("/v1/tickets", params={"limit": 1, "sort": sort, "cursor": first["next"]})
        assert again.status_code == 422, again.text


async def test_the_projector_brings_what_was_committed_past_the_command_api(shared: House) -> None:
    """As the import does, or a command API that ended between the commit and its announcement."""
    agent = await shared.desk.register(shared.admin, "agent")
    ticket = await a_ticket(shared)
    keys = AccessKeys(shared.world.namespace)
    redis = shared.world.redis
    known: bytes = await redis.execute_command("HGET", keys.users, agent.id)  # type: ignore[no-untyped-call]
    await change_user(shared, agent, role="customer")
    await redis.execute_command("HSET", keys.users, agent.id, known)  # type: ignore[no-untyped-call]
    assert await reads(agent, ticket) == 200
    await shared.drain()
    assert await reads(agent, ticket) == 404


async def test_what_is_older_never_replaces_what_is_newer(shared: House) -> None:
    agent = await shared.desk.register(shared.admin, "agent")
    await change_user(shared, agent, role="customer")
    # The row of the registration is projected only now.
    await shared.drain()
    assert expect(await agent.read.get("/v1/counts"))["groups"] is None


async def empty(world: World) -> None:
    """As a flush does, to this namespace only."""
    await world.redis.unlink(*[key async for key in world.redis.scan_iter(match=f"{world.namespace}:*", count=1000)])


async def test_an_emptied_redis_gives_nobody_back_what_they_lost(house: House) -> None:
    agent = await house.desk.register(house.admin, "agent")
    left = await house.desk.register(house.admin, "agent")
    ticket = await a_ticket(house)
    # So it is in the indices of the query API.
    assert [await reads(one, ticket) for one in (agent, left)] == [200, 200]
    await change_user(house, agent, role="customer")
    await change_user(house, left, active=False)
    await empty(house.world)
    seen: set[int] = set()

    async def is_back() -> bool:
        answers = [await one.read.get(f"/v1/tickets/{ticket['id']}") for one in (house.admin, agent, left)]
        seen.update(answer.status_code for answer in answers[1:])
        return answers[0].status_code == 200

    await eventually(is_back)
    assert seen <= {503, 404, 401}, seen
    assert await reads(agent, ticket) == 404
    problem(await left.read.get("/v1/tickets"), 401, "token.invalid")


async def test_a_redis_that_came_back_with_what_it_had_before_is_not_believed(house: House) -> None:
    agent = await house.desk.register(house.admin, "agent")
    ticket = await a_ticket(house)
    redis, keys = house.world.redis, AccessKeys(house.world.namespace)
    known: bytes = await redis.execute_command("HGET", keys.users, agent.id)  # type: ignore[no-untyped-call]
    await change_user(house, agent, role="customer")
    # Its file ends before the change, and another run of the server has read it.
    await redis.execute_command("HSET", keys.users, agent.id, known)  # type: ignore[no-untyped-call]
    await redis.set(keys.seal, "0" * 40)
    seen: set[int] = set()

    async def is_back() -> bool:
        seen.add((await agent.read.get(f"/v1/tickets/{ticket['id']}")).status_code)
        return await is_known(house.admin)

    await eventually(is_back)
    assert seen <= {503, 404}, seen
    assert await reads(agent, ticket) == 404


async def test_while_nobody_can_tell_nobody_is_let_in(store_addresses: StoreAddresses, template: str) -> None:
    """Neither the command API nor the projector is there to say what an emptied Redis has forgotten."""
    async with (
        open_world(store_addresses, template) as world,
        open_projector(world.settings) as projector,
        running(create_read_app(world.settings)) as read_app,
        client_for(read_app) as anonymous,
    ):
        await projector.ensure_targets()
        async with running(create_write_app(world.settings)) as write_app:
            desk = Desk(lambda headers: client_for(write_app, headers), lambda headers: client_for(read_app, headers))
            admin = (await hire(desk, world)).admin
            ticket = await open_ticket(admin)
            await projector.drain_all()
            async with signed_in_known(projector):
                await eventually(lambda: is_known(admin))
        assert await is_known(admin), "reading needs nobody who writes"
        await empty(world)
        for path in ("/v1/tickets", f"/v1/tickets/{ticket['id']}", "/v1/search?q=x", "/v1/documents", "/v1/counts"):
            assert problem(await admin.read.get(path), 503, "store.unavailable")["store"] == "redis"
        assert (await anonymous.get("/v1/documents")).status_code == 200
        async with running(create_write_app(world.settings)), signed_in_known(projector):
            await eventually(lambda: is_known(admin))
        await desk.aclose()


@pytest.mark.parametrize("kind", ["user", "organization"])
async def test_records_say_nothing_but_what_is_needed(shared: House, kind: str) -> None:
    keys = AccessKeys(shared.world.namespace)
    await shared.organization(word())
    records = await shared.world.redis.hvals(keys.records(kind))  # type: ignore[misc]
    known = {
        "user": {"version", "role", "ticket_access", "group_ids", "organization_id", "active", "locale"},
        "organization": {"version", "shares_tickets"},
    }
    assert records and all(set(orjson.loads(record)) == known[kind] for record in records)
