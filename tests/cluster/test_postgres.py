"""Postgres is killed and its standby takes over: what was acknowledged is kept, or its loss is seen and put right."""

from __future__ import annotations

import asyncio
import sys

import pytest

from projector.status import status
from tests.cluster.conftest import StartFault, whole_only
from tests.cluster.stack import ClusterStack
from tests.faults.harness import Run
from tests.faults.logs import DRIFT
from tests.support.database import ROOT
from tests.support.eventually import eventually
from tests.support.served import environment_of

DRAINED_TIMEOUT_S = 60.0
AHEAD = "are ahead"
# Postgres writes a sequence into its log 32 numbers ahead: the standby must miss more versions than that.
LOST_COMMANDS = 200


async def test_failover_to_a_synchronous_standby(fault: StartFault, cluster: ClusterStack) -> None:
    await cluster.pair.add_standby()
    await cluster.pair.make_synchronous()
    async with fault("postgres killed, synchronous standby promoted") as run:
        await run.written(20)
        await cluster.pair.fail_over()
        run.killed()
        await run.written(20)
        async with run.arena.projector() as projector:
            assert not ahead((await status(projector))["problems"])


@whole_only
@pytest.mark.parametrize("meanwhile", ["nobody projects", "projectors run"])
async def test_failover_to_a_standby_that_missed_the_last_commits(
    fault: StartFault, cluster: ClusterStack, meanwhile: str
) -> None:
    await cluster.pair.add_standby()
    async with fault(f"postgres killed, standby promoted that had not heard of the last, {meanwhile}") as run:
        run.foreseen = (DRIFT, "versions_were_ahead", "versions_went_back")
        await run.written(20)
        await run.writer.stop()
        await drained(run)
        await cluster.pair.has_all()
        await cluster.pair.cut_off()
        kept = run.desk.remember()
        run.writer.start()
        await run.written(LOST_COMMANDS)
        await run.writer.stop()
        await drained(run)
        # From here on they are lost, and everybody has seen them in a search.
        run.watcher.commits_may_be_lost()
        if meanwhile == "nobody projects":
            await run.arena.kill_projectors()
        await cluster.pair.fail_over()
        run.killed()
        run.desk.go_back_to(kept)
        if meanwhile == "nobody projects":
            await said_and_put_right(run)
        run.writer.start()
        await run.written(20)


async def said_and_put_right(run: Run) -> None:
    async with run.arena.projector() as projector:
        (problem,) = ahead((await status(projector))["problems"])
        assert "projector repair-versions" in problem and "projector verify --repair" in problem
    assert await projector_command(run, "repair-versions") == 0
    # It found something to put right.
    assert await projector_command(run, "verify", "--repair") == 1
    assert await projector_command(run, "verify") == 0
    async with run.arena.projector() as projector:
        assert not ahead((await status(projector))["problems"])


def ahead(problems: list[str]) -> list[str]:
    return [problem for problem in problems if AHEAD in problem]


async def drained(run: Run) -> None:
    async def is_drained() -> bool:
        async with run.arena.postgres() as connection:
            return not await connection.fetchval("SELECT count(*) FROM outbox")

    await eventually(is_drained, DRAINED_TIMEOUT_S)


async def projector_command(run: Run, *arguments: str) -> int:
    """Its exit code."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "projector",
        *arguments,
        cwd=ROOT,
        env=environment_of(run.arena.settings),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    return await process.wait()
