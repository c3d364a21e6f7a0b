"""Documents that Postgres itself cannot build."""

from __future__ import annotations

from dataclasses import replace

import pytest

from projector import dead
from projector.bootstrap import Projector
from projector.projections.history import HISTORY_PROJECTION
from projector.projections.tickets import TICKETS_PROJECTION
from projector.relay.batch import DocumentsUnreadable
from projector.relay.settle import MAX_ATTEMPTS
from projector.relay.unreadable import count_failure
from tests.integration.projector.office import Office, differences, pending
from write_api.persistence.outbox import SHARDS

BROKEN = replace(
    TICKETS_PROJECTION, rows=TICKETS_PROJECTION.rows.replace("t.version,", "t.version / (t.version - t.version),", 1)
)


async def test_they_end_as_dead_letters_with_their_history_and_come_back(
    fresh_projector: Projector, office: Office
) -> None:
    agent = await office.hire()
    await fresh_projector.drain_all()
    ticket = await office.open_ticket(agent.id)
    await office.pool.execute("DELETE FROM outbox WHERE aggregate_type = 'message'")
    await office.pool.execute("UPDATE outbox SET attempts = $1", MAX_ATTEMPTS - 2)
    broken = fresh_projector.drain(projections={"ticket": (BROKEN, HISTORY_PROJECTION)})
    async with fresh_projector.pool.acquire() as connection:
        for _ in range(2):
            await office.pool.execute("UPDATE outbox SET next_at = '-infinity'")
            with pytest.raises(DocumentsUnreadable) as raised:
                await broken.batch(connection, list(range(SHARDS)), 0, SHARDS)
            await count_failure(connection, raised.value.queue, raised.value.claim, "division by zero")
    assert await pending(fresh_projector) == 0
    letters = await dead.dead_letters(fresh_projector.pool)
    assert {(letter["projection"], letter["reason"]) for letter in letters} == {
        ("tickets", "division by zero"),
        ("history", "division by zero"),
    }
    await office.pool.execute("DELETE FROM messages WHERE ticket_id = $1", ticket.id)
    await dead.replay(fresh_projector.pool)
    await fresh_projector.drain_all()
    assert await dead.dead_letters(fresh_projector.pool) == []
    assert await differences(fresh_projector) == []
