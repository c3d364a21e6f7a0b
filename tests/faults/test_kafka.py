"""Kafka between the outbox and the projectors: it ends, consumers end and change places, records come twice."""

from __future__ import annotations

import signal

from tests.faults.conftest import StartFault
from tests.faults.harness import Run
from tests.faults.test_kills import DOOM_TIMEOUT_S
from tests.faults.test_projectors import others_are_quick
from tests.support.desk import expect
from tests.support.eventually import eventually

NOTICED_S = 30.0
# 15 s after it fell asleep Postgres ends what the sleeper has begun, or at most 5 s later another projector does; then
# its shards are free for all who come for them again.
LONGEST_HANDOVER_S = 20.0


async def test_broker_killed(kafka_fault: StartFault) -> None:
    """Commands go on, nobody is told that all is fresh, and what waited arrives when the broker is back."""
    async with kafka_fault("kafka: broker killed and away") as run:
        await run.arena.stack.kill_broker()
        run.killed()
        await eventually(lambda: is_known_to_wait(run), NOTICED_S)
        await run.lasts(run.scale.broker_away_s)
        async with run.arena.postgres() as connection:
            assert await connection.fetchval("SELECT count(*) FROM outbox") > 0
        await run.arena.stack.start_broker()
        await run.written(10)


async def test_consumers_killed(kafka_fault: StartFault) -> None:
    async with kafka_fault("kafka: projector killed at each step") as run:
        await run.arena.kill_projectors()
        for point in run.scale.kafka_points:
            for _ in range(run.scale.kills_per_point):
                after = str(run.chance.randint(1, 4))
                doomed = run.arena.start_projector("--point", point, "--after", after)
                assert await doomed.ended(DOOM_TIMEOUT_S) == -signal.SIGKILL, f"{point}: {doomed.last_lines()}"
                run.killed()


async def test_rebalances_in_a_burst(kafka_fault: StartFault) -> None:
    """Members come and go while there is much to do; one sleeps with its documents read and goes on after others."""
    async with kafka_fault("kafka: members come, go and sleep") as run:
        zombie = run.arena.start_projector("--point", "read", "--after", "3", "--action", "pause")
        for _ in range(2):
            run.arena.start_projector()
        await run.lasts(run.scale.crowd_s)
        await run.arena.projectors.pop(0).kill()
        run.killed()
        await run.arena.projectors.pop().stop()
        await run.lasts(run.scale.crowd_s / 2)

        async def is_paused() -> bool:
            zombie.require_alive()
            return zombie.is_paused

        await eventually(is_paused, DOOM_TIMEOUT_S)
        await run.lasts(run.scale.kafka_zombie_s)
        await others_are_quick(run, LONGEST_HANDOVER_S)
        zombie.send(signal.SIGCONT)
        await run.written(20)
        zombie.require_alive()


async def is_known_to_wait(run: Run) -> bool:
    """Readers are told how long the oldest change has waited."""
    waited_ms = expect(await run.staff.agent.read.get("/v1/freshness"))["oldest_pending_age_ms"]
    return waited_ms is not None and waited_ms > 1_000
