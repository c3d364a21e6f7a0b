"""What operators wished for is done once, by whichever projector, however often it is interrupted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest
import pytest_asyncio

from projector.bootstrap import Projector, open_projector
from projector.freshness import measure
from projector.projections.registry import PROJECTIONS
from projector.rebuild import progress
from projector.rebuild.rebuild import Rebuild
from projector.rebuild.wishes import fulfil_all
from projector.status import status
from projector.targets import current_targets
from tests.integration.projector.office import Office, differences
from tests.support.eventually import eventually


class Interrupted(BaseException):
    """As if the process had been killed: nothing is tidied up."""


def kill(name: str, phase: str, done: int, total: int) -> None:
    raise Interrupted


@pytest_asyncio.fixture(autouse=True)
async def something(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    for _ in range(5):
        await office.open_ticket(agent.id)
    await fresh_projector.drain_all()


async def wish(projector: Projector, kind: str, *names: str) -> None:
    for name in names:
        await projector.pool.execute(
            "INSERT INTO projection_wishes (projection, kind, operation_id) VALUES ($1, $2, $3)"
            " ON CONFLICT (projection) DO UPDATE SET kind = excluded.kind, wished_at = excluded.wished_at,"
            " operation_id = excluded.operation_id, refused_at = NULL, problem = NULL, paused_at = NULL",
            name,
            kind,
            uuid4(),
        )


async def wishes(projector: Projector) -> list[str]:
    rows = await projector.pool.fetch("SELECT projection FROM projection_wishes ORDER BY projection")
    return [row["projection"] for row in rows]


async def indices(projector: Projector, state: str, name: str = "tickets") -> list[str]:
    targets = await current_targets(projector.pool)
    return [target.index_name for target in targets if (target.projection, target.state) == (name, state)]


async def test_a_rebuild_and_a_rollback(fresh_projector: Projector) -> None:
    first = await indices(fresh_projector, "live")
    await wish(fresh_projector, "rebuild", "tickets", "people")
    await fulfil_all(fresh_projector)
    assert await wishes(fresh_projector) == []
    assert await indices(fresh_projector, "live") != first == await indices(fresh_projector, "retired")
    assert (await measure(fresh_projector.pool)).projections["tickets"]["kept_index"] == first[0]
    await wish(fresh_projector, "rollback", "tickets")
    await fulfil_all(fresh_projector)
    assert await indices(fresh_projector, "live") == first
    assert (await wishes(fresh_projector), await differences(fresh_projector)) == ([], [])


async def test_one_that_was_killed_goes_on_where_it_stopped(fresh_projector: Projector) -> None:
    await wish(fresh_projector, "rebuild", "tickets")
    with pytest.raises(Interrupted):
        await fulfil_all(fresh_projector, kill)
    half_built = await indices(fresh_projector, "building")
    assert (await wishes(fresh_projector), len(half_built)) == (["tickets"], 1)
    await fulfil_all(fresh_projector)
    assert await indices(fresh_projector, "live") == half_built
    assert (await wishes(fresh_projector), await differences(fresh_projector)) == ([], [])


async def test_what_went_live_before_it_was_killed_is_not_done_again(fresh_projector: Projector) -> None:
    def kill_at_the_end(name: str, phase: str, done: int, total: int) -> None:
        if phase == "done":
            raise Interrupted

    await wish(fresh_projector, "rebuild", "tickets")
    with pytest.raises(Interrupted):
        await fulfil_all(fresh_projector, kill_at_the_end)
    live = await indices(fresh_projector, "live")
    assert await wishes(fresh_projector) == []
    await fulfil_all(fresh_projector)
    assert await indices(fresh_projector, "live") == live


async def test_of_two_projectors_one_does_it(fresh_projector: Projector) -> None:
    first = await indices(fresh_projector, "live")
    await wish(fresh_projector, "rebuild", "tickets")
    async with open_projector(fresh_projector.settings) as other:
        await asyncio.gather(fulfil_all(fresh_projector), fulfil_all(other))
    # Twice would have dropped the first index.
    assert await indices(fresh_projector, "retired") == first
    assert await wishes(fresh_projector) == []


async def test_one_that_waits_begins_after_the_one_beside_it(fresh_projector: Projector) -> None:
    async def wish_meanwhile() -> None:
        await wish(fresh_projector, "rebuild", "tickets")
        await fulfil_all(fresh_projector)
        assert await wishes(fresh_projector) == ["tickets"], "another is at it"

    await _beside(fresh_projector, wish_meanwhile)
    await fulfil_all(fresh_projector)
    assert await wishes(fresh_projector) == []


async def test_who_wants_it_to_go_on_while_it_does_has_that(fresh_projector: Projector) -> None:
    async def resume_meanwhile() -> None:
        await wish(fresh_projector, "resume", "tickets")
        await fulfil_all(fresh_projector)
        assert await wishes(fresh_projector) == []

    await _beside(fresh_projector, resume_meanwhile)


async def _beside(projector: Projector, meanwhile: Callable[[], Awaitable[None]]) -> None:
    """During a rebuild that was started by a command."""
    work = Rebuild(projector, PROJECTIONS["tickets"], lambda name, phase, done, total: None)
    rebuild = asyncio.create_task(work.run())

    async def is_paused() -> bool:
        return await progress.pause(projector.pool, "tickets")

    await eventually(is_paused)
    await meanwhile()
    await progress.unpause(projector.pool, "tickets")
    await rebuild


async def test_what_a_command_left_goes_on_by_a_wish(fresh_projector: Projector) -> None:
    with pytest.raises(Interrupted):
        await Rebuild(fresh_projector, PROJECTIONS["tickets"], kill).run()
    half_built = await indices(fresh_projector, "building")
    await wish(fresh_projector, "resume", "tickets", "people")
    await fulfil_all(fresh_projector)
    assert await indices(fresh_projector, "live") == half_built
    # Of the people nothing was interrupted: there is nothing to do.
    assert await wishes(fresh_projector) == []
    assert await indices(fresh_projector, "retired", "people") == []


async def test_a_refusal_is_kept_with_its_reason(fresh_projector: Projector) -> None:
    await wish(fresh_projector, "rollback", "tickets")
    await fulfil_all(fresh_projector)
    state = (await measure(fresh_projector.pool)).projections["tickets"]["wish"]
    assert (state["kind"], state["refused_at"] is not None) == ("rollback", True)
    assert state["problem"] == "no earlier index of tickets is kept, so there is nothing to go back to"
    assert any(state["problem"] in problem for problem in (await status(fresh_projector))["problems"])
    # Nobody tries it again by themselves; what succeeds then takes the reason away.
    await fulfil_all(fresh_projector)
    await wish(fresh_projector, "rebuild", "tickets")
    await fulfil_all(fresh_projector)
    assert (await measure(fresh_projector.pool)).projections["tickets"]["wish"] is None


async def test_what_is_wrong_with_the_code_is_told_and_not_repeated(fresh_projector: Projector) -> None:
    def breaks(name: str, phase: str, done: int, total: int) -> None:
        raise ZeroDivisionError("by zero")

    await wish(fresh_projector, "rebuild", "tickets")
    await fulfil_all(fresh_projector, breaks)
    state = (await measure(fresh_projector.pool)).projections["tickets"]["wish"]
    assert state["problem"].startswith("ZeroDivisionError: by zero")


async def test_a_paused_wish_is_not_begun(fresh_projector: Projector) -> None:
    first = await indices(fresh_projector, "live")
    await wish(fresh_projector, "rebuild", "tickets")
    assert await progress.pause(fresh_projector.pool, "tickets")
    await fulfil_all(fresh_projector)
    assert await indices(fresh_projector, "live") == first
    assert await progress.unpause(fresh_projector.pool, "tickets")
    await fulfil_all(fresh_projector)
    assert await indices(fresh_projector, "retired") == first


async def test_one_that_is_paused_gives_way_to_others_and_goes_on(fresh_projector: Projector) -> None:
    await wish(fresh_projector, "rebuild", "tickets")
    pausing: list[asyncio.Task[bool]] = []

    def pause_at_once(name: str, phase: str, done: int, total: int) -> None:
        if not pausing:
            pausing.append(asyncio.create_task(progress.pause(fresh_projector.pool, "tickets")))

    working = asyncio.create_task(fulfil_all(fresh_projector, pause_at_once))

    async def is_paused() -> bool:
        rebuild = (await measure(fresh_projector.pool)).projections["tickets"]["rebuild"]
        return rebuild is not None and rebuild["paused_at"] is not None

    await eventually(is_paused)
    await wish(fresh_projector, "rebuild", "people")
    await working
    assert await wishes(fresh_projector) == ["tickets"], "people were built meanwhile"
    half_built = await indices(fresh_projector, "building")
    assert len(half_built) == 1
    await progress.unpause(fresh_projector.pool, "tickets")
    await fulfil_all(fresh_projector)
    assert await indices(fresh_projector, "live") == half_built
    assert await differences(fresh_projector) == []
