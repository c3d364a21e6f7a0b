"""The process may end at any step of a batch: what was not committed is projected again, at a higher version."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from projector.bootstrap import Projector
from tests.integration.projector.office import Office, differences, pending

POINTS = ("claim", "version", "read", "bulk", "redis", "before_commit", "commit")


class Crash(BaseException):
    """Nothing that any code handles."""


def crash_at(wanted: str, time: int) -> Callable[[str], Awaitable[None]]:
    seen = 0

    async def reached(point: str) -> None:
        nonlocal seen
        seen += point == wanted
        if seen == time:
            raise Crash(point)

    return reached


@pytest.mark.parametrize("point", POINTS)
async def test_a_crash_at_any_point_converges(fresh_projector: Projector, office: Office, point: str) -> None:
    agent = await office.hire()
    kept, gone = await office.open_ticket(agent.id), await office.open_ticket(agent.id)
    await fresh_projector.drain_all()
    await office.reply(kept.id, agent.id, "Which model?")
    await office.delete_ticket(gone.id)
    await office.publish(agent.id)
    with pytest.raises(Crash):
        await fresh_projector.drain_all(crash_at(point, 1))
    # What was half written is overtaken by another change before the next projector comes.
    await office.retitle(kept.id, "Overtaken")
    with pytest.raises(Crash):
        await fresh_projector.drain_all(crash_at(point, 1))
    await fresh_projector.drain_all()
    assert await pending(fresh_projector) == 0
    assert await differences(fresh_projector) == []


async def test_a_zombie_does_not_overwrite_what_came_after_it(fresh_projector: Projector, office: Office) -> None:
    """A projector that is paused with its documents read, and goes on when others have projected newer ones."""
    agent = await office.hire()
    ticket = await office.open_ticket(agent.id, subject="Old")
    awake = False

    async def meanwhile(point: str) -> None:
        nonlocal awake
        if point != "read" or awake:
            return
        awake = True
        # Its database session ended while it was paused, so its locks are free.
        (zombie,) = [row["pid"] for row in await office.pool.fetch(_ZOMBIES)]
        await office.pool.execute("SELECT pg_terminate_backend($1)", zombie)
        await office.retitle(ticket.id, "New")
        await fresh_projector.drain_all()

    with pytest.raises((OSError, Exception), match="connection|terminat"):
        await fresh_projector.drain_all(meanwhile)
    assert await pending(fresh_projector) == 0
    assert await differences(fresh_projector) == []


_ZOMBIES = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'projector' AND state = 'idle in transaction'"""
