from __future__ import annotations

import asyncio
import time
from contextlib import suppress

import pytest

from projector.relay import rounds as rounds_module
from projector.relay.rounds import LONGEST_WAIT_S, Rounds

# So much longer than what may be waited for that a slow machine does not reach it.
LONG_S = 60.0


async def settled(task: asyncio.Task[None]) -> bool:
    """Whether it is done after everything that can go on has gone on."""
    for _ in range(10):
        await asyncio.sleep(0)
    return task.done()


async def test_nobody_waits_for_a_relay_that_is_idle() -> None:
    waiting = asyncio.create_task(Rounds().until_one_ends())
    assert await settled(waiting)


async def test_a_round_that_is_under_way_is_waited_for() -> None:
    rounds = Rounds()
    with rounds.one():
        waiting = asyncio.create_task(rounds.until_one_ends())
        assert not await settled(waiting)
    assert await settled(waiting)


async def test_but_not_one_that_takes_long() -> None:
    rounds, started = Rounds(), time.monotonic()
    with rounds.one():
        await asyncio.wait_for(rounds.until_one_ends(), LONG_S)
    assert time.monotonic() - started >= LONGEST_WAIT_S * 0.9


async def test_whoever_waits_ends_a_rest_and_gets_the_round_after_it() -> None:
    rounds = Rounds()
    resting = asyncio.create_task(rounds.rest(LONG_S))
    assert not await settled(resting)
    waiting = asyncio.create_task(rounds.until_one_ends())
    assert await settled(resting) and not waiting.done()
    with rounds.one():
        assert not await settled(waiting)
    assert await settled(waiting)


async def test_right_after_a_round_nobody_waits_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds_module, "JUST_NOW_S", LONG_S)
    rounds = Rounds()
    with rounds.one():
        pass
    resting = asyncio.create_task(rounds.rest(LONG_S))
    assert not await settled(resting)
    waiting = asyncio.create_task(rounds.until_one_ends())
    assert await settled(waiting) and not resting.done()
    resting.cancel()


async def test_a_round_that_fails_has_ended_too() -> None:
    rounds = Rounds()
    with suppress(RuntimeError), rounds.one():
        raise RuntimeError
    assert await settled(asyncio.create_task(rounds.until_one_ends()))
