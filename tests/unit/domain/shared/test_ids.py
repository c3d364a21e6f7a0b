from __future__ import annotations

import itertools
import threading
import time
from uuid import RFC_4122, UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.shared.ids import Uuid7Sequence, uuid7


def timestamp_ms(value: UUID) -> int:
    return value.int >> 80


def test_an_id_is_a_version_7_uuid_of_now() -> None:
    before_ms = time.time_ns() // 1_000_000
    value = uuid7()
    assert value.version == 7
    assert value.variant == RFC_4122
    assert before_ms <= timestamp_ms(value) <= time.time_ns() // 1_000_000 + 1


@given(st.lists(st.integers(0, 2**40), min_size=2), st.binary(min_size=10, max_size=10))
def test_ids_increase_whatever_the_clock_does(readings: list[int], random: bytes) -> None:
    clock = iter(readings)
    sequence = Uuid7Sequence(now_ms=lambda: next(clock), random_bytes=lambda size: random)
    ids = [sequence.next() for _ in readings]
    assert all(one < following for one, following in itertools.pairwise(ids))
    assert all(one.version == 7 and one.variant == RFC_4122 for one in ids)


def test_a_full_counter_borrows_the_next_millisecond() -> None:
    sequence = Uuid7Sequence(now_ms=lambda: 1000)
    first = sequence.next()
    sequence._counter = 2**42 - 1
    second = sequence.next()
    assert first < second
    assert timestamp_ms(second) == 1001


def test_a_new_millisecond_takes_its_own_time() -> None:
    clock = iter([1000, 2000])
    sequence = Uuid7Sequence(now_ms=lambda: next(clock))
    assert [timestamp_ms(sequence.next()), timestamp_ms(sequence.next())] == [1000, 2000]


def test_threads_never_share_an_id() -> None:
    ids: list[UUID] = []

    def draw() -> None:
        ids.extend([uuid7() for _ in range(2_000)])

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(ids)) == 8_000
