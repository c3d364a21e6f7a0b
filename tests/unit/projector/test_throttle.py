from __future__ import annotations

import asyncio
import time

from projector.relay.throttle import FIRST_PAUSE_S, TURN_S, Throttle


async def test_workers_try_one_after_another_while_nothing_is_taken() -> None:
    throttle = Throttle(100)
    throttle.failed()
    began: list[float] = []

    async def work() -> None:
        await throttle.wait()
        began.append(time.monotonic())

    await asyncio.gather(work(), work(), work())
    began.sort()
    assert all(later - earlier > TURN_S * 0.9 for earlier, later in zip(began, began[1:]))
    throttle.succeeded()
    before = time.monotonic()
    await asyncio.gather(work(), work())
    assert time.monotonic() - before < TURN_S


def test_a_store_that_takes_a_part_is_asked_again_soon() -> None:
    throttle = Throttle(100)
    for _ in range(10):
        throttle.failed()
    assert throttle.pause_s > 2
    throttle.progressed()
    assert throttle.pause_s <= FIRST_PAUSE_S
    assert throttle.failed() <= 2 * FIRST_PAUSE_S
    assert throttle.batch_rows == 1
