from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, cast

import pytest
from prometheus_client import CollectorRegistry

from domain.shared.actor import Actor, Role
from domain.shared.clock import FixedClock
from domain.shared.ids import uuid7
from runtime.client import Client
from runtime.principal import Principal
from write_api.context import CommandRequest, Context, NotSignedIn
from write_api.dispatch import MAX_ATTEMPTS, Dispatcher, ReadsAhead, TooMuchContention
from write_api.metrics import Metrics
from write_api.persistence.ahead import Ahead
from write_api.persistence.failures import TransientConflict
from write_api.persistence.outbox import Origin
from write_api.persistence.outcome import Outcome
from write_api.persistence.unit_of_work import UnitOfWork, UnitOfWorkFactory

AT = datetime(2026, 3, 1, tzinfo=timezone.utc)
AGENT = Actor(uuid7(), Role.AGENT)
PRINCIPAL = Principal(AGENT.user_id, "agent", uuid7())


class Ping:
    pass


@dataclass
class Unit:
    """Knows one person, and perhaps what was answered before."""

    earlier: Outcome | None = None
    ahead: list[Ahead | None] = field(default_factory=list)
    actors: Any = None

    def __post_init__(self) -> None:
        self.actors = self

    async def find(self, principal: Principal, ahead: Ahead | None) -> Actor | None:
        self.ahead.append(ahead)
        return AGENT if principal == PRINCIPAL else None

    async def earlier_outcome(self) -> Outcome | None:
        return self.earlier


@dataclass
class Desk:
    collisions: int = 0
    earlier: Outcome | None = None
    origins: list[Origin] = field(default_factory=list)
    optimistic: list[bool] = field(default_factory=list)
    ahead: list[Ahead | None] = field(default_factory=list)
    contexts: list[Context] = field(default_factory=list)
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    def __post_init__(self) -> None:
        self.metrics = Metrics(self.registry)

    @asynccontextmanager
    async def unit_of_work(self, origin: Origin, _: object, *, optimistic: bool) -> AsyncIterator[Unit]:
        self.origins.append(origin)
        self.optimistic.append(optimistic)
        yield Unit(self.earlier, self.ahead)

    async def handle(self, _: Ping, __: UnitOfWork, context: Context) -> Outcome:
        self.contexts.append(context)
        if len(self.contexts) <= self.collisions:
            raise TransientConflict
        return Outcome(200)

    async def dispatch(self, request: CommandRequest) -> Outcome:
        factory = cast(UnitOfWorkFactory, self.unit_of_work)
        reads_ahead: ReadsAhead = {Ping: lambda _, principal: Ahead("SELECT $1", (principal.user_id,))}
        dispatcher = Dispatcher(factory, {Ping: self.handle}, FixedClock(AT), reads_ahead, metrics=self.metrics)
        return await dispatcher(Ping(), request)

    def conflicts(self) -> tuple[float | None, ...]:
        name = "tidedesk_command_conflicts_total"
        return tuple(self.registry.get_sample_value(name, {"result": result}) for result in ("tried_again", "gave_up"))


async def test_a_handler_learns_who_asks_when_and_for_which_version() -> None:
    desk = Desk()
    client = Client("192.0.2.7", "curl")
    request = CommandRequest(PRINCIPAL, request_id="r", trace_context="t", expected_version=3, client=client)
    assert (await desk.dispatch(request)).status == 200
    [context] = desk.contexts
    assert (context.actor, context.at, context.expected_version) == (AGENT, AT, 3)
    assert context.session_id == PRINCIPAL.session_id
    session_id = PRINCIPAL.session_id
    assert desk.origins == [
        Origin(AGENT.user_id, "r", "t", ip_address="192.0.2.7", user_agent="curl", session_id=session_id)
    ]


async def test_a_collision_is_tried_again_in_a_new_unit() -> None:
    desk = Desk(collisions=2)
    await desk.dispatch(CommandRequest(PRINCIPAL))
    assert (len(desk.contexts), len(desk.origins)) == (3, 3)
    assert desk.conflicts() == (2, None)
    # Whoever collided once waits for the row's lock, so nothing is read before it.
    assert desk.optimistic == [True, False, False]
    assert desk.ahead == [Ahead("SELECT $1", (AGENT.user_id,)), None, None]


async def test_it_gives_up_in_the_end() -> None:
    desk = Desk(collisions=MAX_ATTEMPTS)
    with pytest.raises(TooMuchContention):
        await desk.dispatch(CommandRequest(PRINCIPAL))
    assert len(desk.contexts) == MAX_ATTEMPTS
    assert desk.conflicts() == (MAX_ATTEMPTS - 1, 1)


async def test_what_was_answered_before_is_not_done_again() -> None:
    desk = Desk(earlier=Outcome(201, replayed=True))
    assert (await desk.dispatch(CommandRequest(PRINCIPAL))).replayed
    assert desk.contexts == []


async def test_a_session_that_is_not_live_does_nothing() -> None:
    desk = Desk(earlier=Outcome(201))
    with pytest.raises(NotSignedIn):
        await desk.dispatch(CommandRequest(Principal(AGENT.user_id, "agent", uuid7())))
    assert desk.contexts == []


async def test_nobody_in_particular_has_no_rights() -> None:
    desk = Desk()
    await desk.dispatch(CommandRequest())
    with pytest.raises(NotSignedIn):
        desk.contexts[0].actor
