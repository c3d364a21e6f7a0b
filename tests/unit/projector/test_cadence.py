from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from projector.cadence import LARGEST_SHARE, LONGEST_PAUSE_S, REMEMBERED, SHORTEST_INTERVAL_S, Cadence

# As long as half of the time is not longer than the longest pause.
durations_s = st.floats(0.0, LONGEST_PAUSE_S)


def after(*took_s: float) -> float:
    cadence = Cadence()
    for one_s in took_s:
        cadence.note(one_s)
    return cadence.interval_s


def test_before_anything_was_measured_the_shortest_interval_holds() -> None:
    assert after() == SHORTEST_INTERVAL_S


def test_what_takes_hardly_any_time_is_done_at_the_shortest_interval() -> None:
    assert after(0.01) == SHORTEST_INTERVAL_S


def test_what_takes_longer_takes_its_share_of_the_time() -> None:
    assert after(0.4) == 0.4 / LARGEST_SHARE


def test_one_slow_refresh_hardly_puts_off_the_next() -> None:
    usual_s = [0.15] * REMEMBERED
    assert after(*usual_s, 0.6) < 1.5 * after(*usual_s)


def test_what_stays_slow_is_done_less_often_but_never_paused_for_long() -> None:
    assert after(*[10.0] * REMEMBERED) == 10.0 + LONGEST_PAUSE_S


@given(st.lists(durations_s, min_size=REMEMBERED, max_size=200))
def test_however_durations_change_the_rest_of_the_time_is_left(took_s: list[float]) -> None:
    cadence, passed_s = Cadence(), 0.0
    for one_s in took_s:
        cadence.note(one_s)
        passed_s += max(one_s, cadence.interval_s)
    # The last ones may have been slow without anything after them that makes up for it.
    assert sum(took_s) <= LARGEST_SHARE * passed_s + REMEMBERED * LONGEST_PAUSE_S
