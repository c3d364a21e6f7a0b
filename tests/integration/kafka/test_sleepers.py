"""Shards that a sleeping process has taken: it holds up no others, and loses them all at once."""

from __future__ import annotations

from uuid import UUID, uuid4

import asyncpg
import pytest

from projector.bootstrap import STATEMENT_TIMEOUT_MS, Projector
from projector.locks import LONGEST_QUEUE_MS, lock_outbox, lock_projecting
from projector.relay.claim import LIVE_LANE
from tests.integration.projector.office import Office, differences
from tests.support.carrying import consuming, is_empty, link_of, look, publish_all
from tests.support.eventually import eventually
from write_api.persistence.outbox import SHARDS, shard_of


async def test_who_waits_for_a_shard_gives_up_before_a_sleeper_is_ended(carrier: Projector) -> None:
    """Asleep, too, it would be given the lock next, and the others would wait as long again."""
    assert LONGEST_QUEUE_MS < STATEMENT_TIMEOUT_MS / 2
    async with carrier.pool.acquire() as holder, carrier.pool.acquire() as waiter:
        async with holder.transaction():
            await lock_projecting(holder, [3])
            with pytest.raises(asyncpg.LockNotAvailableError):
                async with waiter.transaction():
                    await lock_projecting(waiter, [3])
        async with waiter.transaction():
            assert await lock_projecting(waiter, [3]) == [3]


async def test_a_shard_that_another_has_taken_holds_up_only_itself(carrier: Projector, office: Office) -> None:
    agent = await office.hire()
    tickets = [await office.open_ticket(agent.id) for _ in range(40)]
    taken = shard_of(tickets[0].id)
    await publish_all(carrier)

    async def only_that_waits() -> bool:
        rows = await carrier.pool.fetch("SELECT DISTINCT shard FROM outbox_published")
        return [row["shard"] for row in rows] == [taken]

    async with carrier.pool.acquire() as holder, consuming(carrier):
        async with holder.transaction():
            await lock_projecting(holder, [taken])
            await eventually(only_that_waits, timeout_s=60.0)
            # Also what comes while it is taken, and shares a partition with it.
            neighbour = (taken + carrier.settings.kafka_partitions) % SHARDS
            while shard_of((await office.open_ticket(agent.id)).id) != neighbour:
                pass
            await publish_all(carrier)
            await eventually(only_that_waits, timeout_s=60.0)
        await is_empty(carrier)
    assert await differences(carrier) == []
    assert not pauses_of(carrier)


async def test_a_relay_that_sleeps_before_it_has_moved_its_rows_holds_up_only_their_shard(
    carrier: Projector, office: Office
) -> None:
    agent = await office.hire()
    ticket = await office.open_ticket(agent.id)
    root_id = uuid4()
    while shard_of(root_id) in (shard_of(agent.id), shard_of(ticket.id)):
        root_id = uuid4()
    async with carrier.pool.acquire() as relay, consuming(carrier):
        async with relay.transaction():
            assert await lock_outbox(relay, [shard_of(root_id)])
            await send(carrier, root_id)
            await publish_all(carrier)
            await is_empty(carrier)
            assert await look(carrier) >= 1, "it may still come"

        async def is_read() -> bool:
            return await look(carrier) == 0

        await eventually(is_read, timeout_s=60.0)
    assert await differences(carrier) == []
    assert not pauses_of(carrier)


async def send(carrier: Projector, root_id: UUID) -> None:
    """A record whose row is nowhere to be seen yet."""
    link = link_of(carrier)
    producer = await link.producer()
    partition = shard_of(root_id) % carrier.settings.kafka_partitions
    await producer.send_and_wait(link.topic(LIVE_LANE), b'{"id": 1000000000}', str(root_id).encode(), partition)


def pauses_of(carrier: Projector) -> float | None:
    return carrier.metrics.registry.get_sample_value("tidedesk_projector_pauses_total", {"store": "postgres"})
