"""Deliveries that come again, in any order, and documents that were deleted long ago."""

from __future__ import annotations

from uuid import UUID

import httpx

from tests.faults import oracle
from tests.faults.conftest import StartFault
from tests.faults.harness import Run
from tests.support.eventually import eventually

# Everything that ever happened, once more and twice, in an order that is drawn.
SHUFFLED = """
INSERT INTO outbox (shard, aggregate_type, aggregate_id, aggregate_version, event_id, event_type)
SELECT get_byte(uuid_send(aggregate_id), 15) & 15, aggregate_type, aggregate_id, version, id, type
FROM domain_events, generate_series(1, 2) WHERE aggregate_type <> 'session' ORDER BY random()"""
SHUFFLED_MESSAGES = """
INSERT INTO outbox (shard, aggregate_type, aggregate_id, aggregate_version, event_type)
SELECT get_byte(uuid_send(ticket_id), 15) & 15, 'message', id, 1, 'MessageAdded'
FROM messages, generate_series(1, 2) ORDER BY random()"""
AGAIN = """
INSERT INTO outbox (shard, aggregate_type, aggregate_id, aggregate_version, event_id, event_type)
SELECT get_byte(uuid_send(aggregate_id), 15) & 15, aggregate_type, aggregate_id, version, id, type
FROM domain_events WHERE aggregate_id = ANY ($1)"""


async def test_shuffled_and_doubled(fault: StartFault) -> None:
    async with fault("deliveries shuffled and doubled") as run:
        await run.written(60)
        async with run.arena.postgres() as connection:
            for _ in range(3):
                await connection.execute("SELECT setseed($1)", run.chance.uniform(-1, 1))
                await connection.execute(SHUFFLED)
                await connection.execute(SHUFFLED_MESSAGES)
                await run.written(20)


async def test_deleted_for_long(fault: StartFault) -> None:
    """Past the time for which Elasticsearch remembers deletes, and past a restart, which makes it forget them."""
    async with fault("deleted, a minute gone, elasticsearch restarted") as run:
        while len(run.ledger.deleted) < 3:
            await run.written(10)
        gone = list(run.ledger.deleted)
        await run.lasts(run.scale.deleted_for_s)
        await run.arena.stack.kill_elasticsearch()
        run.killed()
        await run.arena.stack.start_elasticsearch()
        await run.arena.make_whole()
        await older_copies_are_refused(run, gone)
        async with run.arena.postgres() as connection:
            await connection.execute(AGAIN, gone)
        await run.written(20)
        # The newest may have been deleted when Elasticsearch died: it goes when the projector has tried again.
        await eventually(lambda: all_are_gone(run, gone), timeout_s=60)
        wrong = await oracle.deleted_stay_deleted(run.arena, run.staff, gone)
        assert not wrong, wrong


async def all_are_gone(run: Run, gone: list[UUID]) -> bool:
    return not await oracle.deleted_stay_deleted(run.arena, run.staff, gone)


async def older_copies_are_refused(run: Run, gone: list[UUID]) -> None:
    """What a projector that read them before the delete would send now."""
    alias = f"{run.arena.settings.namespace}-tickets"
    async with httpx.AsyncClient(base_url=run.arena.settings.elasticsearch_url, timeout=30.0) as client:
        (index,) = (await client.get(f"/_alias/{alias}")).json()
        for ticket_id in gone:
            late = await client.put(
                f"/{index}/_doc/{ticket_id}",
                params={"version": "1", "version_type": "external"},
                json={"id": str(ticket_id), "version": 1},
            )
            assert late.status_code == 409, late.text
