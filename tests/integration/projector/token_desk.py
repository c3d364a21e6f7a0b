"""Some tickets with the tokens of all that happened to them, and projectors of both transports that meet faults."""

from __future__ import annotations

import random
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from typing import cast
from uuid import UUID

from projector import dead
from projector.bootstrap import Projector
from projector.kafka import published
from projector.kafka.project import Taken
from projector.kafka.published import Acked
from projector.kafka.records import Change
from projector.locks import Connection, lock_outbox
from projector.relay.batch import nowhere
from projector.relay.project import CrashPoint
from read_models.guard import Guard
from tests.integration.projector.faulty import FaultyElasticsearch
from tests.integration.projector.office import Office
from tests.integration.projector.test_crashes import POINTS, Crash, crash_at
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
        taken = await projector.project(connection, lane, [change for _, change in records], limit)
        return taken == Taken()

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
        stored = await self.stored({id_ for token in satisfied for id_ in token.documents})
        for token in satisfied:
            ticket = stored["tickets"].get(str(token.ticket_id))
            assert ticket is not None and ticket["version"] >= token.version, token
            assert token.messages <= stored["messages"].keys(), token
            assert token.events <= stored["history"].keys(), token

    async def stored(self, ids: set[str]) -> dict[str, dict[str, dict[str, int]]]:
        found: dict[str, dict[str, dict[str, int]]] = {}
        for model in MODELS:
            path = f"/{self.projector.namespace}-{model}/_mget?_source_includes=version"
            answer = await self.faulty.call("POST", path, {"ids": sorted(ids)}) if ids else {"docs": []}
            found[model] = {doc["_id"]: doc["_source"] for doc in answer["docs"] if doc.get("found")}
        return found
