"""A rebuild stands still while it is paused, and goes slowly while live changes wait."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import pytest_asyncio

from projector.bootstrap import Projector
from projector.freshness import measure
from projector.projections.registry import PROJECTIONS
from projector.rebuild import progress
from projector.rebuild.pace import live_lag
from projector.rebuild.rebuild import Rebuild
from tests.integration.projector.office import Office, differences
from tests.support.eventually import eventually

TICKETS = PROJECTIONS["tickets"]
NUMBER = 40
RANGE_IDS = 2


class Watcher:
    """Sees what a rebuild reports, and may hold it up between two ranges."""

    def __init__(self) -> None:
        self.done = 0
        self.phases: list[str] = []

    def report(self, name: str, phase: str, done: int, total: int) -> None:
        self.phases.append(phase)
        self.done = done


async def state(projector: Projector) -> dict[str, Any] | None:
    rebuild: dict[str, Any] | None = (await measure(projector.pool)).projections["tickets"]["rebuild"]
    return rebuild


@pytest_asyncio.fixture
async def filled(fresh_projector: Projector, office: Office) -> Projector:
    agent = await office.hire()
    for _ in range(NUMBER):
        await office.open_ticket(agent.id)
    await fresh_projector.drain_all()
    return fresh_projector


async def test_paused_it_stands_still_and_says_so_until_it_is_resumed(filled: Projector) -> None:
    watcher = Watcher()

    def pause_early(name: str, phase: str, done: int, total: int) -> None:
        watcher.report(name, phase, done, total)
        # Whichever range is finished first: `done` grows once there is no gap before it.
        if phase == "copying" and not pausing:
            pausing.append(asyncio.ensure_future(progress.pause(filled.pool, "tickets")))

    pausing: list[asyncio.Future[bool]] = []
    rebuilding = asyncio.ensure_future(Rebuild(filled, TICKETS, pause_early, range_ids=RANGE_IDS).run())

    async def is_paused() -> bool:
        seen = await state(filled)
        return seen is not None and seen["paused_at"] is not None

    await eventually(is_paused)
    # It may copy all before it looks, but it does not go live.
    looked_at = (await state(filled) or {})["updated_at"]

    async def has_looked() -> bool:
        return bool((await state(filled) or {})["updated_at"] > looked_at)

    await eventually(has_looked)
    assert not rebuilding.done() and "swapping" not in watcher.phases
    assert await progress.unpause(filled.pool, "tickets")
    await rebuilding
    assert watcher.phases[-2:] == ["swapping", "done"]
    assert await differences(filled) == []


async def test_a_pause_holds_for_the_process_that_resumes_it(filled: Projector) -> None:
    def stop(name: str, phase: str, done: int, total: int) -> None:
        if done >= RANGE_IDS:
            raise KeyError(phase)

    with pytest.raises(KeyError):
        await Rebuild(filled, TICKETS, stop, range_ids=RANGE_IDS).run()
    assert await progress.pause(filled.pool, "tickets")
    copied_before = (await state(filled) or {})["done"]
    watcher = Watcher()
    rebuilding = asyncio.ensure_future(Rebuild(filled, TICKETS, watcher.report, range_ids=RANGE_IDS).run(resume=True))
    begun = (await state(filled) or {})["updated_at"]

    async def has_looked() -> bool:
        return bool((await state(filled) or {})["updated_at"] > begun)

    await eventually(has_looked)
    assert watcher.phases == []
    assert (await state(filled) or {})["done"] == copied_before
    assert await progress.unpause(filled.pool, "tickets")
    await rebuilding
    assert await differences(filled) == []


async def test_while_live_changes_wait_it_goes_slowly(filled: Projector, office: Office) -> None:
    await office.open_ticket((await office.hire()).id)
    await office.pool.execute("UPDATE outbox SET created_at = now() - interval '1 hour'")
    # A projector gives signs of life; its rows wait all the same.
    await filled.ticker().publish()
    assert await live_lag(filled.pool, filled.redis)() == pytest.approx(3600, abs=60)
    watcher = Watcher()
    rebuilding = asyncio.ensure_future(Rebuild(filled, TICKETS, watcher.report, range_ids=RANGE_IDS).run())

    async def is_slowed() -> bool:
        seen = await state(filled)
        return seen is not None and bool(seen["slowed"])

    await eventually(is_slowed)
    await filled.drain_all()
    await rebuilding
    assert await differences(filled) == []


async def test_a_row_that_waits_for_its_next_attempt_slows_nothing_and_neither_does_a_stopped_projector(
    filled: Projector, office: Office
) -> None:
    lag = live_lag(filled.pool, filled.redis)
    assert await lag() == 0.0
    await office.open_ticket((await office.hire()).id)
    await office.pool.execute("UPDATE outbox SET created_at = now() - interval '1 hour'")
    await filled.redis.redis.delete(filled.redis.keys.freshness)
    assert await lag() == 0.0
    await filled.ticker().publish()
    assert await lag() > 1.0
    await office.pool.execute("UPDATE outbox SET next_at = now() + interval '1 hour'")
    assert await lag() == 0.0
    await office.pool.execute("UPDATE outbox SET next_at = '-infinity', lane = 1")
    assert await lag() == 0.0
