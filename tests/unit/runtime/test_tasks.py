from __future__ import annotations

import asyncio

from pytest import MonkeyPatch

from runtime import tasks
from runtime.tasks import cancel_all


async def test_a_task_that_loses_a_cancellation_is_asked_again(monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "ASK_AGAIN_S", 0.01)
    asked = 0

    async def deaf() -> None:
        nonlocal asked
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                asked += 1
                if asked == 3:
                    raise

    async def failing() -> None:
        raise ValueError

    started = [asyncio.create_task(deaf()), asyncio.create_task(failing())]
    await asyncio.sleep(0)
    await cancel_all(started)
    assert asked == 3 and all(task.done() for task in started)


async def test_nothing_to_end() -> None:
    await cancel_all([])
