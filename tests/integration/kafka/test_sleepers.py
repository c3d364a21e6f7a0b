"""Shards that a sleeping process has taken: it loses them all at once, and not one after the other."""

from __future__ import annotations

from datetime import datetime

import asyncpg
import pytest

from projector.bootstrap import STATEMENT_TIMEOUT_MS, Projector
from projector.locks import LOCK_SPACE, LONGEST_QUEUE_MS, PROJECTING, lock_projecting
from tests.integration.projector.office import Office, differences
from tests.support.carrying import consuming, is_empty, publish_all, waiting
from tests.support.eventually import eventually
from write_api.persistence.outbox import SHARDS

# When those who wait for a shard began to. What is not known yet is of the moment in which the lock is refused.
WAITING_SINCE = f"""
SELECT waitstart FROM pg_locks JOIN pg_database ON pg_database.oid = database
WHERE datname = current_database() AND locktype = 'advisory' AND classid = {LOCK_SPACE}
    AND objid >= {PROJECTING} AND waitstart IS NOT NULL"""


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


async def test_consumers_come_back_for_what_another_has_taken(carrier: Projector, office: Office) -> None:
    agent = await office.hire()
    await office.open_ticket(agent.id)
    await publish_all(carrier)

    waits: set[datetime] = set()

    async def have_waited_twice() -> bool:
        waits.update([row["waitstart"] for row in await carrier.pool.fetch(WAITING_SINCE)])
        return len(waits) >= 2

    async with carrier.pool.acquire() as holder, consuming(carrier):
        async with holder.transaction():
            await lock_projecting(holder, list(range(SHARDS)))
            await eventually(have_waited_twice, timeout_s=60.0)
            assert await waiting(carrier) > 0
        await is_empty(carrier)
    assert await differences(carrier) == []
    pauses = carrier.metrics.registry.get_sample_value("tidedesk_projector_pauses_total", {"store": "postgres"})
    assert not pauses
