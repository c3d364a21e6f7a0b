from __future__ import annotations

import asyncio

import pytest

from read_api.single_flight import StartedAfter


class Work:
    def __init__(self) -> None:
        self.started = 0
        self.gate = asyncio.Event()
        self.begun = asyncio.Event()

    async def __call__(self) -> int:
        self.started += 1
        number = self.started
        self.begun.set()
        await self.gate.wait()
        return number


async def test_nobody_gets_the_result_of_work_that_began_before_they_came() -> None:
    work = Work()
    shared = StartedAfter(work)
    first = asyncio.ensure_future(shared.run())
    await work.begun.wait()
    later = [asyncio.ensure_future(shared.run()) for _ in range(50)]
    work.gate.set()
    assert await first == 1
    assert set(await asyncio.gather(*later)) == {2}
    assert await shared.run() == 3


async def test_who_goes_away_takes_nothing_from_the_others() -> None:
    work = Work()
    shared = StartedAfter(work)
    one, other = asyncio.ensure_future(shared.run()), asyncio.ensure_future(shared.run())
    await work.begun.wait()
    one.cancel()
    work.gate.set()
    assert await other == 1


async def test_a_failure_reaches_all_who_waited_and_ends_there() -> None:
    failing = True

    async def work() -> str:
        if failing:
            raise OSError("gone")
        return "fine"

    shared = StartedAfter(work)
    for outcome in await asyncio.gather(shared.run(), shared.run(), return_exceptions=True):
        assert isinstance(outcome, OSError)
    failing = False
    assert await shared.run() == "fine"
    with pytest.raises(asyncio.CancelledError):
        cancelled = asyncio.ensure_future(shared.run())
        cancelled.cancel()
        await cancelled
    assert await shared.run() == "fine"
