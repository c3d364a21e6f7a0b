"""Consistency tokens under random interleavings: never satisfied early, never held up by somebody else's document."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator

import aiohttp
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projector.bootstrap import Projector
from projector.relay.claim import COALESCED
from tests.integration.projector.faulty import FaultyElasticsearch
from tests.integration.projector.office import Office, differences, pending
from tests.integration.projector.token_desk import Desk
from tests.support.carrying import waiting
from write_api.persistence.outbox import SHARDS


@pytest_asyncio.fixture
async def desk(fresh_projector: Projector, office: Office) -> AsyncIterator[Desk]:
    agent = await office.hire()
    async with aiohttp.ClientSession() as session:
        faulty = FaultyElasticsearch(session, fresh_projector.settings.elasticsearch_url)
        yield Desk(fresh_projector, office, faulty, agent.id)


steps = st.lists(
    st.sampled_from(
        ["open", "reply", "reply", "retitle", "delete", "batch", "batch", "batch", "crash", "poison", "poison"]
        + ["heal", "due", "lose_redis", "fill", "replay"]
        + ["publish", "publish", "consume", "consume", "consumer_crash"]
    ),
    min_size=8,
    max_size=24,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=steps, seed=st.integers(0, 2**32))
async def test_no_token_is_satisfied_early_and_none_waits_for_another(desk: Desk, names: list[str], seed: int) -> None:
    chance = random.Random(seed)
    desk.tickets, desk.gone, desk.tokens, desk.records = [], set(), [], []
    for name in ["open", *names]:
        await desk.step(name, chance)
        await desk.assert_none_is_early()
    await desk.fill(chance)
    await desk.due(chance)
    await desk.settle()
    await desk.assert_none_is_early()
    satisfied = await desk.satisfied()
    poisoned = {t.ticket_id for t in desk.tokens if t.documents & desk.faulty.poison.keys()}
    dead_ids = {row["root_id"] for row in await desk.office.pool.fetch("SELECT root_id FROM outbox_dead")}
    others = {t for t in desk.tokens if t.ticket_id not in poisoned | dead_ids | desk.gone}
    assert others <= set(satisfied)
    await desk.heal(chance)
    await desk.replay(chance)
    await desk.due(chance)
    await desk.settle()
    assert await waiting(desk.projector) == 0
    assert {t for t in desk.tokens if t.ticket_id not in desk.gone} <= set(await desk.satisfied())
    assert await differences(desk.projector) == []


async def test_a_dead_message_holds_its_own_version_and_no_other(desk: Desk) -> None:
    chance = random.Random(1)
    await desk.open(chance)
    await desk.reply(chance)
    (message_id,) = desk.tokens[1].messages
    desk.faulty.poison[message_id] = 400
    await desk.settle()
    await desk.retitle(chance)
    await desk.settle()
    assert [token.version for token in await desk.satisfied()] == [1, 3]
    await desk.lose_redis(chance)
    await desk.fill(chance)
    assert [token.version for token in await desk.satisfied()] == [1, 3]
    await desk.heal(chance)
    await desk.replay(chance)
    await desk.settle()
    assert [token.version for token in await desk.satisfied()] == [1, 2, 3]


async def test_a_message_that_backs_off_lets_its_ticket_be_shown(desk: Desk) -> None:
    chance = random.Random(1)
    await desk.open(chance)
    await desk.reply(chance)
    (message_id,) = desk.tokens[1].messages
    desk.faulty.poison[message_id] = 500
    await desk.settle()
    assert [token.version for token in await desk.satisfied()] == [1]
    stored = await desk.stored({str(desk.tickets[0])})
    assert stored["tickets"][str(desk.tickets[0])]["version"] == 2
    await desk.heal(chance)
    await desk.due(chance)
    await desk.settle()
    assert [token.version for token in await desk.satisfied()] == [1, 2]


async def test_rows_of_one_aggregate_are_projected_once_however_many_batches_they_fill(desk: Desk) -> None:
    chance, limit, claimed = random.Random(1), 2, []
    for _ in range(8):
        await desk.open(chance)
    for _ in range(24):
        await desk.retitle(chance)
    desk.faulty.bulks.clear()
    async with desk.projector.pool.acquire() as connection:
        for shard in range(SHARDS):
            while count := (await desk.projector.drain().batch(connection, [shard], 0, limit)).claimed:
                claimed.append(count)
    sent = [id_ for bulk in desk.faulty.bulks for id_ in bulk]
    assert {sent.count(str(ticket_id)) for ticket_id in desk.tickets} == {1}
    assert limit < max(claimed) <= limit * (1 + COALESCED)
    assert await pending(desk.projector) == 0
