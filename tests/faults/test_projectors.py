"""Several projectors at once, one that sleeps and goes on with old documents, and a writer that takes very long."""

from __future__ import annotations

import signal
import time

from tests.faults.conftest import StartFault
from tests.faults.harness import Run
from tests.faults.tickets import new_ticket, shown_subject
from tests.support.desk import expect, open_ticket, waiting_for
from tests.support.eventually import eventually
from write_api.persistence.outbox import shard_of

PAUSE_TIMEOUT_S = 90.0
# Of others, while one transaction stays open.
LONGEST_DELAY_S = 10.0
ARRIVES_S = 20.0


async def test_a_crowd_of_projectors(fault: StartFault) -> None:
    async with fault("four projectors, two of them killed") as run:
        for _ in range(3):
            run.arena.start_projector()
        await run.lasts(run.scale.crowd_s)
        for _ in range(2):
            await run.arena.projectors.pop(0).kill()
            run.killed()
        await run.lasts(run.scale.crowd_s / 2)


async def test_a_zombie(fault: StartFault) -> None:
    """It sleeps with its documents read: others take over, and what it then sends is older than theirs."""
    async with fault("a projector paused with documents read, and resumed") as run:
        await run.arena.kill_projectors()
        zombie = run.arena.start_projector("--point", "read", "--after", "5", "--action", "pause")

        async def is_paused() -> bool:
            zombie.require_alive()
            return zombie.is_paused

        await eventually(is_paused, PAUSE_TIMEOUT_S)
        run.arena.start_projector()
        await run.lasts(run.scale.zombie_s)
        await others_are_quick(run)
        zombie.send(signal.SIGCONT)
        await run.written(20)
        zombie.require_alive()


async def test_paused_at_any_moment(fault: StartFault) -> None:
    async with fault("one of two projectors paused, and resumed") as run:
        run.arena.start_projector()
        await run.written(20)
        zombie = run.arena.projectors[0]
        zombie.send(signal.SIGSTOP)
        await run.lasts(run.scale.paused_s)
        zombie.send(signal.SIGCONT)
        await run.written(20)
        zombie.require_alive()


async def test_a_low_row_is_held_open(fault: StartFault) -> None:
    """Its outbox id is drawn first, others commit first: they need not wait, and it is not skipped."""
    async with fault("a transaction holds a low outbox row") as run:
        ticket_id = await new_ticket(run)
        async with run.arena.postgres() as holder:
            transaction = holder.transaction()
            await transaction.start()
            await holder.execute(
                "INSERT INTO outbox (shard, aggregate_type, aggregate_id, aggregate_version, event_type)"
                " VALUES ($1, 'ticket', $2, 2, 'Held')",
                shard_of(ticket_id),
                ticket_id,
            )
            await holder.execute("UPDATE tickets SET subject = 'Held', version = 2 WHERE id = $1", ticket_id)
            over = time.monotonic() + run.scale.held_s
            while time.monotonic() < over:
                await others_are_quick(run)
                await run.lasts(run.scale.held_s / 8)
            assert await shown_subject(run, ticket_id) != "Held"
            await transaction.commit()

        async def has_arrived() -> bool:
            return await shown_subject(run, ticket_id) == "Held"

        await eventually(has_arrived, ARRIVES_S)


async def others_are_quick(run: Run, longest_delay_s: float = LONGEST_DELAY_S) -> None:
    """A ticket that is opened now is found at once by whoever opened it."""
    started = time.monotonic()
    unique = run.desk.word()
    ticket = await open_ticket(run.staff.agent, subject=unique)

    async def is_found() -> bool:
        found = await run.staff.agent.read.get(
            "/v1/search/tickets", params={"q": unique}, headers=waiting_for(ticket["token"])
        )
        return [item["id"] for item in expect(found)["items"]] == [ticket["id"]]

    await eventually(is_found, longest_delay_s)
    run.outcome.notes.append(f"found in {time.monotonic() - started:.1f} s")
