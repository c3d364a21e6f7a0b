"""SIGKILL at named points and at any moment: what was acknowledged is done, what was not is done once."""

from __future__ import annotations

import signal

import pytest

from tests.faults import doomed_projector, doomed_write_api
from tests.faults.conftest import StartFault
from tests.faults.harness import Run

# A doomed process has to start first, on a busy machine.
DOOM_TIMEOUT_S = 90.0


@pytest.mark.parametrize("point", doomed_projector.POINTS)
async def test_projector_killed_at(fault: StartFault, point: str) -> None:
    async with fault(f"projector killed at {point}") as run:
        await run.arena.kill_projectors()
        for _ in range(run.scale.kills_per_point):
            after = str(run.chance.randint(1, 6))
            doomed = run.arena.start_projector("--point", point, "--after", after)
            assert await doomed.ended(DOOM_TIMEOUT_S) == -signal.SIGKILL, doomed.last_lines()
            run.killed()


@pytest.mark.parametrize("point", doomed_write_api.POINTS)
async def test_write_api_killed_at(fault: StartFault, point: str) -> None:
    async with fault(f"write_api killed at {point}") as run:
        assert run.arena.write_api is not None
        await run.arena.write_api.kill()
        for _ in range(run.scale.kills_per_point):
            after = str(run.chance.randint(1, 20))
            doomed = run.arena.start_write_api("--point", point, "--after", after)
            assert await doomed.ended(DOOM_TIMEOUT_S) == -signal.SIGKILL, doomed.last_lines()
            run.killed()


async def test_anything_killed_at_any_moment(fault: StartFault) -> None:
    async with fault("anything killed at any moment") as run:
        run.arena.start_projector()
        for _ in range(run.scale.random_kills):
            await run.lasts(run.chance.uniform(0.1, 2.5))
            await kill_one(run)


async def kill_one(run: Run) -> None:
    arena = run.arena
    victim = run.chance.choice(("write_api", "read_api", "projector", "projector"))
    if victim == "write_api":
        assert arena.write_api is not None
        await arena.write_api.kill()
        arena.start_write_api()
    elif victim == "read_api":
        assert arena.read_api is not None
        await arena.read_api.kill()
        arena.start_read_api()
    else:
        await arena.projectors.pop(0).kill()
        arena.start_projector()
    run.killed()
