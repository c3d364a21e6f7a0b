"""Tickets that the writer of the fault does not know, so that nobody else changes them."""

from __future__ import annotations

from uuid import UUID

from tests.faults.harness import Run
from tests.support.desk import open_ticket
from tests.support.eventually import eventually
from write_api.persistence.outbox import shard_of

SHOWN_TIMEOUT_S = 30.0


async def new_ticket(run: Run, *, shard: int | None = None) -> UUID:
    """Open and shown by the query API."""
    ticket_id = await _opened(run)
    while shard is not None and shard_of(ticket_id) != shard:
        ticket_id = await _opened(run)
    await eventually(lambda: _is_shown(run, ticket_id), SHOWN_TIMEOUT_S)
    return ticket_id


async def shown_subject(run: Run, ticket_id: UUID) -> str | None:
    answer = await run.staff.agent.read.get(f"/v1/tickets/{ticket_id}")
    subject: str | None = answer.json().get("subject")
    return subject


async def _opened(run: Run) -> UUID:
    return UUID((await open_ticket(run.staff.agent, subject=f"Apart {run.desk.word()}"))["id"])


async def _is_shown(run: Run, ticket_id: UUID) -> bool:
    return await shown_subject(run, ticket_id) is not None
