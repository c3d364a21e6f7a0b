"""Slow commits, no lock between the writers of one document, and many drain workers: nothing may stay stale."""

from __future__ import annotations

import asyncio
import random
from uuid import UUID

import asyncpg

from projector.bootstrap import Projector, open_projector
from projector.relay.workers import Relay
from tests.integration.projector.office import Office, differences, pending
from tests.support.eventually import eventually
from write_api.persistence.outbox import shard_of
from write_api.persistence.unit_of_work import Pool

WRITERS = 16
DRAIN_WORKERS = 6
DOCUMENTS = 24
WRITES_PER_WRITER = 120

_PENDING = """
INSERT INTO outbox (shard, aggregate_type, aggregate_id, aggregate_version, event_type)
VALUES ($1, 'ticket', $2, 1, 'Race')"""
# A ticket's document joins two rows here, and each kind of writer locks only its own. (Real commands lock the ticket,
# and tell that a message's own document changed; that one is not looked at here.)
_WRITES = (
    "UPDATE tickets SET subject = $2 WHERE id = $1",
    "UPDATE messages SET body = $2 WHERE ticket_id = $1 AND position = 1",
)


async def write(pool: Pool, tickets: list[UUID], seed: int) -> None:
    chance = random.Random(seed)
    async with pool.acquire() as connection:
        for number in range(WRITES_PER_WRITER):
            ticket_id = chance.choice(tickets)
            async with connection.transaction():
                # The id of the outbox row comes first, the commit at some time after it: ids commit out of order.
                await connection.execute(_PENDING, shard_of(ticket_id), ticket_id)
                await connection.execute("SELECT pg_sleep($1)", chance.random() * 0.02)
                await connection.execute(chance.choice(_WRITES), ticket_id, f"text {seed} {number}")
                await connection.execute("SELECT pg_sleep($1)", chance.random() * 0.01)


async def test_no_document_stays_stale(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    tickets = [(await office.open_ticket(agent.id)).id for _ in range(DOCUMENTS)]
    changes = {"projector_workers": DRAIN_WORKERS, "projector_batch_rows": 40}
    url = fresh_projector.settings.database_url
    async with (
        open_projector(fresh_projector.settings.copy(update=changes)) as racing,
        asyncpg.create_pool(url, min_size=WRITERS, max_size=WRITERS) as writing,
    ):
        relay: Relay = racing.relay()
        running = asyncio.ensure_future(relay.run())
        await asyncio.gather(*(write(writing, tickets, seed) for seed in range(WRITERS)))

        async def is_drained() -> bool:
            return await pending(racing) == 0

        await eventually(is_drained, timeout_s=30.0)
        relay.stop()
        await running
    stale = [difference for difference in await differences(fresh_projector) if difference.projection != "messages"]
    assert stale == []
