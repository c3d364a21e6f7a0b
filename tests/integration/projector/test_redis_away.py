"""Verification while Redis is away: it says so in its own words, and comes again, whichever question was asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from projector.bootstrap import Projector
from projector.sinks.redis import RedisSink
from projector.verify.counters import correct, deviations
from projector.verify.redis import BEGINNING, RedisCheck
from read_models.keys import Keys
from runtime.errors import StoreUnavailable
from tests.integration.projector.office import Office
from tests.support.free_ports import free_port_base

Question = Callable[[Projector, RedisSink], Awaitable[object]]


@pytest_asyncio.fixture
async def away(fresh_projector: Projector) -> AsyncIterator[RedisSink]:
    """Where nobody listens."""
    redis = Redis(host="127.0.0.1", port=free_port_base())
    yield RedisSink(redis, Keys(fresh_projector.namespace))
    await redis.aclose()


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda projector, sink: RedisCheck(projector.pool, sink, "ticket").part(BEGINNING), id="guards"),
        pytest.param(lambda projector, sink: RedisCheck(projector.pool, sink, "ticket").part("applied:0"), id="strays"),
        pytest.param(lambda projector, sink: RedisCheck(projector.pool, sink, "user").part("labels:0"), id="labels"),
        pytest.param(lambda projector, sink: deviations(projector.pool, sink), id="counters"),
        pytest.param(lambda projector, sink: correct(projector.pool, sink), id="counters are corrected"),
    ],
)
async def test_it_is_named(fresh_projector: Projector, office: Office, away: RedisSink, ask: Question) -> None:
    agent = await office.hire()
    await office.open_ticket(agent.id)
    with pytest.raises(StoreUnavailable) as raised:
        await ask(fresh_projector, away)
    assert raised.value.store == "redis"
