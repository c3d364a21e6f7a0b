from __future__ import annotations

import asyncio

import pytest

from read_api.events.log import EventId, EventLog, Missed
from runtime.errors import StoreUnavailable
from tests.unit.read_api.events.changes import OTHER, REQUESTER, THEIRS, entry

KEPT = 8


def opened(count: int = 0, now_ms: int = 100_000) -> EventLog:
    log = EventLog(KEPT)
    log.begin([entry(number, number) for number in range(1, count + 1)], now_ms)
    return log


def test_it_is_never_longer_than_it_may_be() -> None:
    log = opened()
    for number in range(1, 1_000):
        log.append([entry(200_000 + number, number, THEIRS)], 200_000 + number)
        assert len(log.since(log.end - min(number, KEPT), 1_000)) <= KEPT + KEPT // 8
    assert log._deciding.keys() <= {(one.change.resource, one.change.id) for one in log._entries}


def test_it_goes_on_after_what_was_heard() -> None:
    log = opened(5)
    place = log.after(EventId(3, 0))
    assert [one.id.ms for one in log.since(place, 10)] == [4, 5]
    assert log.since(log.after(EventId(5, 0)), 10) == []


@pytest.mark.parametrize("position", [EventId(0, 0), EventId(100_000 + 60_000, 0)])
def test_a_position_before_all_or_in_the_future_is_not_trusted(position: EventId) -> None:
    with pytest.raises(Missed):
        opened(5).after(position)


def test_whose_place_was_dropped_has_missed_something() -> None:
    log = opened(1)
    place = log.after(EventId(1, 0))
    log.append([entry(200_000 + number, number) for number in range(KEPT + 2)], 300_000)
    with pytest.raises(Missed):
        log.since(place, 1)


def test_a_position_does_not_say_when_something_happened() -> None:
    quiet, busy = opened(now_ms=1_000), opened(now_ms=1_000)
    for log in (quiet, busy):
        log.append([], 1_234_567)
    busy.append([entry(1_234_568)], 1_234_569)
    assert quiet.position == busy.position == EventId(1_225_000, 0)


def test_who_sees_it_is_decided_by_the_newest_of_its_kind() -> None:
    log = opened()
    first, second = entry(200_000, 1, THEIRS), entry(200_001, 1, {**THEIRS, "requester_id": OTHER.user_id})
    log.append([first, second], 200_001)
    decided = log.deciding(first.change)
    assert decided is not None and decided["requester_id"] == OTHER.user_id != REQUESTER.user_id


async def test_without_redis_it_says_so() -> None:
    log = opened(3)
    place = log.end
    waiting = asyncio.ensure_future(log.wait(place, 60))
    await asyncio.sleep(0)
    log.lose()
    await waiting
    for ask in (lambda: log.since(place, 1), lambda: log.after(EventId(1, 0)), lambda: log.position):
        with pytest.raises(StoreUnavailable):
            ask()
    with pytest.raises(StoreUnavailable):
        await log.until_known(0.01)
    log.begin([entry(7)], 400_000)
    await log.until_known(0.01)
    with pytest.raises(Missed):
        log.since(place, 1)


async def test_whoever_waits_is_woken() -> None:
    log = opened()
    waiting = [asyncio.ensure_future(log.wait(log.end, 60)) for _ in range(3)]
    await asyncio.sleep(0)
    log.append([entry(200_000)], 200_000)
    await asyncio.gather(*waiting)
    await log.wait(log.end - 1, 60)


def test_what_a_redis_lost_that_came_back_from_its_file_is_not_passed_over() -> None:
    log = opened(2)
    log.append([entry(100_003, 3)], 100_003)
    log.lose()
    # The third was written within the last second before it died.
    log.begin([entry(number, number) for number in (1, 2)], 105_500, started_ms=105_000)
    for heard in (EventId(2, 0), EventId(100_003, 0)):
        with pytest.raises(Missed):
            log.after(heard)
    assert log.since(log.after(EventId(105_400, 0)), 10) == []
