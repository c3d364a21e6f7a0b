from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projector.rebuild.progress import FinishedRanges, Range
from projector.relay.settle import LAST_RETRY_S, retry_pause
from projector.relay.throttle import LONGEST_PAUSE_S, Throttle
from projector.relay.wake import Signal, wait_for


def test_pauses_grow_up_to_a_limit_and_end_with_the_first_success() -> None:
    throttle = Throttle(100)
    pauses = [throttle.failed() for _ in range(20)]
    assert pauses[0] <= 0.1
    assert max(pauses) <= LONGEST_PAUSE_S
    assert throttle.batch_rows == 1
    assert throttle.pause_s > 0
    throttle.succeeded()
    assert throttle.batch_rows == 2
    assert throttle.failed() <= 0.1
    for _ in range(10):
        throttle.succeeded()
    assert throttle.batch_rows == 100


@pytest.mark.parametrize(("attempts", "longest_s"), [(0, 1), (3, 8), (30, LAST_RETRY_S)])
def test_attempts_come_further_and_further_apart(attempts: int, longest_s: float) -> None:
    assert longest_s / 2 <= retry_pause(attempts).total_seconds() <= longest_s


async def test_a_signal_between_looking_and_waiting_is_not_missed() -> None:
    signal = Signal()
    ticket = signal.ticket()
    signal.ring()
    assert await wait_for(ticket, timeout_s=60)
    assert not await wait_for(signal.ticket(), timeout_s=0)


async def test_a_signal_wakes_everybody() -> None:
    signal = Signal()
    waiting = [asyncio.ensure_future(wait_for(signal.ticket(), timeout_s=60)) for _ in range(3)]
    await asyncio.sleep(0)
    signal.ring()
    assert await asyncio.gather(*waiting) == [True, True, True]


@given(order=st.permutations(range(6)), interrupted_after=st.integers(0, 6))
def test_progress_is_where_nothing_before_it_is_missing(order: list[int], interrupted_after: int) -> None:
    ids = [UUID(int=number + 1) for number in range(12)]
    ranges = [Range(n, UUID(int=2 * n), ids[2 * n : 2 * n + 2]) for n in range(6)]
    finished = FinishedRanges(UUID(int=0), 0)
    for number in order[:interrupted_after]:
        finished.add(ranges[number])
    complete = next(n for n in range(7) if n not in order[:interrupted_after])
    assert finished.done == 2 * complete
    assert finished.last_key == (ids[2 * complete - 1] if complete else UUID(int=0))
