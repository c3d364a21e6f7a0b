"""Consistency tokens under random interleavings: never satisfied early, never held up by somebody else's document."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass, replace
from typing import cast
from uuid import UUID

import aiohttp
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projector import dead
from projector.bootstrap import Projector
from projector.kafka import published
from projector.kafka.published import Acked
from projector.kafka.records import Change
from projector.locks import Connection, lock_outbox
from projector.relay.batch import nowhere
from projector.relay.claim import COALESCED
from projector.relay.project import CrashPoint
from read_models.guard import Guard
from tests.integration.projector.faulty import FaultyElasticsearch
from tests.integration.projector.office import Office, differences, pending
from tests.integration.projector.test_crashes import POINTS, Crash, crash_at
from tests.support.carrying import waiting
from write_api.persistence.outbox import SHARDS

MODELS = ("tickets", "messages", "history")
_COMMIT = """
SELECT array_agg(DISTINCT e.id::text) AS events, (
    SELECT array_agg(o.aggregate_id::text) FROM outbox AS o WHERE o.root_id = $1 AND o.part_of = $1
        AND o.aggregate_version = $2
) AS messages
FROM domain_events AS e WHERE e.aggregate_id = $1 AND e.version = $2"""
_DUE_ROWS = """
SELECT ctid AS place, id, lane, root_id FROM outbox WHERE shard = ANY ($1) AND next_at <= now() ORDER BY id"""
_DUE = "UPDATE outbox SET next_at = '-infinity'"


@dataclass(frozen=True)
class Token:
    ticket_id: UUID
    version: int
    events: frozenset[str]
    messages: frozenset[str]

    @property
    def documents(self) -> set[str]:
        return {str(self.ticket_id), *self.events, *self.messages}


class Desk:
    """Some tickets, the tokens of all that happened to them, and a projector that meets faults."""

    def __init__(
        self, projector: Projector, office: Office, elasticsearch: FaultyElasticsearch, agent_id: UUID
    ) -> None:
        self.projector = replace(projector, elasticsearch=elasticsearch)
        self.faulty = elasticsearch
        self.office = office
        self.agent_id = agent_id
        self.tickets: list[UUID] = []
        self.gone: set[UUID] = set()
        self.tokens: list[Token] = []
        # In Kafka: (lane, what the record says).
        self.records: list[tuple[int, Change]] = []

    async def step(self, name: str, chance: random.Random) -> None:
        await getattr(self, name)(chance)

    async def open(self, _: random.Random) -> None:
        ticket = await self.office.open_ticket(self.agent_id)
        self.tickets.append(ticket.id)
        await self._note(ticket.id)

    async def reply(self, chance: random.Random) -> None:
        if alive := [id_ for id_ in self.tickets if id_ not in self.gone]:
            ticket_id = chance.choice(alive)
            await self.office.reply(ticket_id, self.agent_id, "More")
            await self._note(ticket_id)

    async def retitle(self, chance: random.Random) -> None:
        if alive := [id_ for id_ in self.tickets if id_ not in self.gone]:
            ticket_id = chance.choice(alive)
            await self.office.retitle(ticket_id, f"Title {chance.random()}")
            await self._note(ticket_id)

    async def delete(self, chance: random.Random) -> None:
        if alive := [id_ for id_ in self.tickets if id_ not in self.gone]:
            self.gone.add(chance.choice(alive))
            await self.office.delete_ticket(max(self.gone & set(alive)))

    async def batch(self, chance: random.Random) -> None:
        shards = chance.sample(range(SHARDS), chance.choice((4, SHARDS)))
        async with self.projector.pool.acquire() as connection:
            await self.projector.drain().batch(connection, shards, chance.choice((0, 0, 1)), chance.choice((1, 3, 500)))

    async def publish(self, chance: random.Random) -> None:
        """What a relay has handed to Kafka: it is not in the outbox any more, and nobody has projected it."""
        async with self.projector.pool.acquire() as connection, connection.transaction():
            shards = await lock_outbox(connection, chance.sample(range(SHARDS), chance.choice((4, SHARDS))))
            rows = await connection.fetch(_DUE_ROWS, shards)
            some = [row for row in rows if chance.random() < 0.8]
            await published.move(connection, [Acked(row["place"], row["id"], 0, row["id"]) for row in some])
            self.records += [(row["lane"], Change(row["id"], row["root_id"])) for row in some]

    async def consume(self, chance: random.Random) -> None:
        """Some records, in any order: what a batch has of an aggregate is any part of it."""
        lane = chance.choice((0, 0, 1))
        of_lane = [one for one in self.records if one[0] == lane]
        some = chance.sample(of_lane, min(len(of_lane), chance.choice((1, 2, 500))))
        async with self.projector.pool.acquire() as connection:
            if not await self._project(connection, lane, some, chance.choice((1, 500))):
                return
        # Read twice, now and then.
        if chance.random() < 0.8:
            self.records = [one for one in self.records if one not in some]

    async def consumer_crash(self, chance: random.Random) -> None:
        try:
            async with self.projector.pool.acquire() as connection:
                reached = crash_at(chance.choice(POINTS), 1)
                await self._project(connection, 0, [one for one in self.records if one[0] == 0], 500, reached)
        except Crash:
            pass

    async def _project(
        self,
        connection: Connection,
        lane: int,
        records: list[tuple[int, Change]],
        limit: int,
        reached: CrashPoint = nowhere,
    ) -> bool:
        projector = self.projector.record_projector(reached)
        return await projector.project(connection, lane, [change for _, change in records], limit)

    async def crash(self, chance: random.Random) -> None:
        try:
            async with self.projector.pool.acquire() as connection:
                drain = self.projector.drain(crash_at(chance.choice(POINTS), 1))
                await drain.batch(connection, list(range(SHARDS)), 0, 500)
        except Crash:
            pass

    async def poison(self, chance: random.Random) -> None:
        if self.tokens:
            document = chance.choice(sorted(chance.choice(self.tokens).documents))
            self.faulty.poison[document] = chance.choice((400, 429, 500, 500))

    async def heal(self, _: random.Random) -> None:
        self.faulty.poison.clear()

    async def due(self, _: random.Random) -> None:
        await self.office.pool.execute(_DUE)

    async def lose_redis(self, _: random.Random) -> None:
        redis = self.projector.redis.redis
        keys = [key async for key in redis.scan_iter(match=f"{self.projector.namespace}:*", count=1000)]
        if keys:
            await redis.unlink(*keys)

    async def fill(self, _: random.Random) -> None:
        await self.projector.fill_redis()

    async def replay(self, _: random.Random) -> None:
        await dead.replay(self.projector.pool)

    async def settle(self) -> None:
        """Everything that is due, but not what backs off."""
        async with self.projector.pool.acquire() as connection:
            for lane in (0, 1):
                while (await self.projector.drain().batch(connection, list(range(SHARDS)), lane, 500)).done:
                    continue
                await self._project(connection, lane, [one for one in self.records if one[0] == lane], 500)

    async def _note(self, ticket_id: UUID) -> None:
        version = await self.office.pool.fetchval("SELECT version FROM tickets WHERE id = $1", ticket_id)
        row = await self.office.pool.fetchrow(_COMMIT, ticket_id, version)
        assert row is not None
        self.tokens.append(Token(ticket_id, version, frozenset(row["events"]), frozenset(row["messages"] or ())))

    async def satisfied(self) -> list[Token]:
        key = self.projector.redis.keys.applied("ticket")
        ids = [str(token.ticket_id) for token in self.tokens]
        if not ids:
            return []
        values = await cast("Awaitable[list[bytes | None]]", self.projector.redis.redis.hmget(key, ids))
        return [
            t for t, value in zip(self.tokens, values) if value is not None and Guard.parse(value).covers(t.version)
        ]

    async def assert_none_is_early(self) -> None:
        satisfied = await self.satisfied()
        stored = await self._stored({id_ for token in satisfied for id_ in token.documents})
        for token in satisfied:
            ticket = stored["tickets"].get(str(token.ticket_id))
            assert ticket is not None and ticket["version"] >= token.version, token
            assert token.messages <= stored["messages"].keys(), token
            assert token.events <= stored["history"].keys(), token

    async def _stored(self, ids: set[str]) -> dict[str, dict[str, dict[str, int]]]:
        found: dict[str, dict[str, dict[str, int]]] = {}
        for model in MODELS:
            path = f"/{self.projector.namespace}-{model}/_mget?_source_includes=version"
            answer = await self.faulty.call("POST", path, {"ids": sorted(ids)}) if ids else {"docs": []}
            found[model] = {doc["_id"]: doc["_source"] for doc in answer["docs"] if doc.get("found")}
        return found


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
    stored = await desk._stored({str(desk.tickets[0])})
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
