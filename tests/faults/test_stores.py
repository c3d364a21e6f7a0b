"""Each store ends, hangs, refuses or forgets while commands go on; nothing acknowledged is lost or stays stale."""

from __future__ import annotations

import signal
from typing import Any

import httpx
import pytest

from tests.faults.conftest import StartFault
from tests.faults.harness import Run
from tests.faults.logs import DRIFT
from tests.faults.noise import bulk_noise
from tests.support.eventually import eventually

REBUILD_TIMEOUT_S = 60.0


async def test_postgres_stopped_hard(fault: StartFault) -> None:
    async with fault("postgres stopped hard") as run:
        for _ in range(run.scale.postgres_stops):
            await run.arena.stack.restart_postgres()
            run.killed()
            await run.written(20)


async def test_elasticsearch_gone(fault: StartFault) -> None:
    async with fault("elasticsearch killed and away") as run:
        await run.arena.stack.kill_elasticsearch()
        run.killed()
        await run.lasts(run.scale.elasticsearch_away_s)
        await run.arena.stack.start_elasticsearch()


async def test_elasticsearch_hangs(fault: StartFault) -> None:
    async with fault("elasticsearch hangs") as run:
        run.arena.stack.signal_store("elasticsearch", signal.SIGSTOP)
        try:
            await run.lasts(run.scale.redis_paused_s)
        finally:
            run.arena.stack.signal_store("elasticsearch", signal.SIGCONT)


async def test_indices_blocked(fault: StartFault) -> None:
    async with fault("indices made read-only") as run:
        for block in run.scale.blocks:
            await set_block(run, block, True)
            await run.lasts(run.scale.blocked_s)
            await set_block(run, block, None)
            await run.written(10)


async def test_write_queue_full(fault: StartFault) -> None:
    async with fault("write queue of one") as run:
        await run.arena.stack.kill_elasticsearch()
        run.killed()
        await run.arena.stack.start_elasticsearch(tiny_queue=True)
        run.arena.start_projector()
        async with bulk_noise(run.arena.settings.elasticsearch_url) as noise:
            await eventually(lambda: noise.were_refused(run.scale.clients * 5), REBUILD_TIMEOUT_S)
            await run.lasts(run.scale.blocked_s)
            run.outcome.notes.append(f"{noise.refused} of the noise refused")


@pytest.mark.parametrize("model", ["tickets", "history"])
async def test_index_deleted(fault: StartFault, model: str) -> None:
    async with fault(f"index deleted: {model}") as run:
        # Whoever verifies may find first what is missing.
        run.foreseen = (DRIFT,)
        async with elasticsearch(run) as client:
            alias = f"{run.arena.settings.namespace}-{model}"
            (index,) = (await client.get(f"/_alias/{alias}")).json()
            (await client.delete(f"/{index}")).raise_for_status()

            async def is_back() -> bool:
                return (await client.get(f"/_alias/{alias}")).status_code == 200

            await eventually(is_back, REBUILD_TIMEOUT_S)
        await run.written(20)


async def test_redis_flushed(fault: StartFault) -> None:
    async with fault("redis flushed") as run:
        for _ in range(run.scale.postgres_stops):
            async with run.arena.redis() as redis:
                await redis.flushall()
            run.watcher.forget_guards()
            await run.written(20)


async def test_redis_restarted_empty(fault: StartFault) -> None:
    async with fault("redis restarted empty") as run:
        await run.arena.stack.restart_redis_empty()
        run.killed()
        run.watcher.forget_guards()
        await run.written(20)


async def test_redis_hangs(fault: StartFault) -> None:
    async with fault("redis hangs") as run:
        run.arena.stack.signal_store("redis", signal.SIGSTOP)
        try:
            await run.lasts(run.scale.redis_paused_s)
        finally:
            run.arena.stack.signal_store("redis", signal.SIGCONT)


def elasticsearch(run: Run) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=run.arena.settings.elasticsearch_url, timeout=30.0)


async def set_block(run: Run, block: str, value: Any) -> None:
    async with elasticsearch(run) as client:
        path = f"/{run.arena.settings.namespace}-*/_settings"
        (await client.put(path, json={f"index.blocks.{block}": value})).raise_for_status()
