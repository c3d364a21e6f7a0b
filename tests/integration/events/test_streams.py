"""Streams that stay open: rights that go, slow readers, limits, a Redis that is lost."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from redis.asyncio import Redis
from starlette.types import ASGIApp

from projector.bootstrap import Projector
from projector.sinks.redis import RedisSink, Update
from read_api.bootstrap import create_app
from read_models.events import change_text
from read_models.keys import Keys
from tests.support.asgi import client_for, running
from tests.support.desk import PASSWORD, Caller, Desk, expect, open_ticket, problem
from tests.support.event_stream import PATH, parse
from tests.support.eventually import eventually
from tests.support.pieces import Pieces, in_pieces
from tests.support.world import World

Drain = Callable[[], Awaitable[int]]
ENDS_WITHIN_S = 5.0


async def opened(pieces: Pieces) -> None:
    assert parse(await pieces.next() or "")[0].name == "ready"


async def sign_out(admin: Caller, caller: Caller) -> None:
    assert (await caller.write.delete("/v1/sessions/current")).status_code == 204


async def deactivate(admin: Caller, caller: Caller) -> None:
    headers = {"If-Match": "*"}
    expect(await admin.write.patch(f"/v1/users/{caller.id}", json={"active": False}, headers=headers))


async def change_password(admin: Caller, caller: Caller) -> None:
    again = await admin.write.post("/v1/sessions", json={"email": caller.email, "password": PASSWORD})
    bearer = {"Authorization": f"Bearer {expect(again, 201)['access_token']}"}
    body = {"current_password": PASSWORD, "password": secrets.token_urlsafe(16)}
    answer = await admin.write.post("/v1/users/me/password", json=body, headers=bearer)
    assert answer.is_success, answer.text


@pytest.mark.parametrize("ends", [sign_out, deactivate, change_password])
async def test_it_ends_with_the_session(
    desk: Desk, admin: Caller, read_app: ASGIApp, ends: Callable[[Caller, Caller], Awaitable[None]]
) -> None:
    caller = await desk.register(admin, "agent")
    async with in_pieces(read_app, caller, PATH) as pieces:
        await opened(pieces)
        await ends(admin, caller)
        last = await pieces.rest(ENDS_WITHIN_S)
    assert [event.name for event in parse(last)] == ["end"]
    assert caller.id not in last
    problem(await caller.read.get(PATH), 401, "token.invalid")


async def test_a_new_role_is_told_and_counts_at_once(
    desk: Desk, admin: Caller, agent: Caller, read_app: ASGIApp, drain: Drain
) -> None:
    caller = await desk.register(admin, "agent")
    async with in_pieces(read_app, caller, PATH) as pieces:
        await opened(pieces)
        headers = {"If-Match": "*"}
        expect(await admin.write.patch(f"/v1/users/{caller.id}", json={"role": "customer"}, headers=headers))
        ticket = await open_ticket(agent)
        await drain()
        piece = await pieces.next()
        assert piece is not None and parse(piece)[0].name == "resync" and ticket["id"] not in piece


async def test_it_is_told_at_once(agent: Caller, read_app: ASGIApp, drain: Drain) -> None:
    async with in_pieces(read_app, agent, f"{PATH}?types=ticket") as pieces:
        await opened(pieces)
        ticket = await open_ticket(agent)
        await drain()
        told = parse(await pieces.next(2) or "")
        assert {"name": "ticket.changed", "id": ticket["id"]} in [
            {"name": event.name, "id": event.data["id"]} for event in told
        ]


async def test_whoever_reads_slowly_is_told_what_they_missed(world: World, projector: Projector, agent: Caller) -> None:
    settings = world.settings.copy(update={"events_kept": 100})
    sink = RedisSink(world.redis, Keys(world.namespace), settings.events_kept)
    ticket = UUID(int=secrets.randbits(122))
    async with running(create_app(settings)) as app, in_pieces(app, agent, PATH) as slow:
        await opened(slow)
        # Two of them wait to be taken, and then the rest.
        for version in range(1, 1_001):
            change = change_text("ticket", str(ticket), version, "shown", "public", ())
            await sink.apply(version, [Update("ticket", ticket, version, change=change)])
        names: list[str] = []

        async def caught_up() -> bool:
            names.extend(event.name for event in parse(await slow.next() or ""))
            return "resync" in names

        await eventually(caught_up)
        assert names.count("ticket.changed") < 1_000


async def test_one_caller_has_only_so_many(world: World, projector: Projector, agent: Caller) -> None:
    settings = world.settings.copy(update={"event_streams_per_caller": 1})
    async with running(create_app(settings)) as app, client_for(app, agent.headers) as client:
        async with in_pieces(app, agent, PATH) as pieces:
            await opened(pieces)
            refused = await client.get(PATH)
            problem(refused, 429, "events.too_many_streams")
            assert int(refused.headers["Retry-After"]) > 0

        async def is_free() -> bool:
            return (await client.get(PATH, params={"follow": "false"})).status_code == 200

        await eventually(is_free)


async def test_while_nothing_happens_it_says_that_it_is_there(
    world: World, projector: Projector, customer: Caller
) -> None:
    settings = world.settings.copy(update={"event_heartbeat_s": 1})
    async with running(create_app(settings)) as app, in_pieces(app, customer, PATH) as pieces:
        await opened(pieces)
        assert (await pieces.next() or "").startswith(": heartbeat\nid: ")


async def test_what_redis_dropped_unread_is_not_passed_over(
    world: World, projector: Projector, agent: Caller, read_app: ASGIApp, drain: Drain
) -> None:
    """The whole stream is lost while the process listens."""
    async with in_pieces(read_app, agent, PATH) as pieces:
        await opened(pieces)
        await open_ticket(agent)
        await drain()
        assert "ticket.changed" in (await pieces.next() or "")
        redis: Redis = world.redis
        await redis.delete(Keys(world.namespace).events)
        await open_ticket(agent)
        await drain()
        assert parse(await pieces.next() or "")[0].name == "resync"


async def test_without_redis_there_is_none(world: World, projector: Projector, agent: Caller) -> None:
    settings = world.settings.copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    async with running(create_app(settings)) as app, client_for(app, agent.headers) as client:
        problem(await client.get(PATH), 503, "store.unavailable")


async def test_a_thousand_wait_without_being_in_the_way(agent: Caller, read_app: ASGIApp) -> None:
    """Whoever breaks off leaves nothing behind."""
    tasks = len(asyncio.all_tasks())
    for _ in range(3):
        async with in_pieces(read_app, agent, PATH) as pieces:
            await opened(pieces)
    await eventually(lambda: _has(tasks))


async def _has(tasks: int) -> bool:
    return len(asyncio.all_tasks()) <= tasks
