"""Quick passes of the verification are through in time, whatever they need, unless a look may not take that long."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from projector.verify.pace import PASS_EVERY_S, Pace

EVERY_S, MOST_S = 5, 1.0
PASSES_IN_TIME_S = PASS_EVERY_S / EVERY_S * MOST_S
seconds = st.floats(0.001, PASSES_IN_TIME_S)


def looks_of_a_pass(pace: Pace, needed_s: float, step_s: float) -> int:
    """As the patrol does it: steps until the share is used up."""
    looks, left_s = 0, needed_s
    while left_s > 0:
        looks += 1
        share_s, used_s = pace.share_s(EVERY_S, MOST_S), 0.0
        while left_s > 0 and (used_s == 0.0 or used_s < share_s):
            taken_s = min(step_s, left_s)
            left_s -= taken_s
            used_s += taken_s
            pace.spend(taken_s, is_over=left_s <= 0)
    return looks


def test_the_first_pass_takes_as_much_as_is_allowed() -> None:
    assert Pace().share_s(EVERY_S, MOST_S) == MOST_S


@given(needed_s=seconds)
def test_a_pass_as_long_as_the_one_before_is_through_in_time(needed_s: float) -> None:
    pace = Pace(took_s=needed_s)
    # One look more for what the last step of each takes too much of.
    assert looks_of_a_pass(pace, needed_s, needed_s / 50) <= PASS_EVERY_S / EVERY_S + 1


@given(before_s=seconds, needed_s=seconds)
def test_a_pass_takes_no_more_of_a_look_than_it_needs(before_s: float, needed_s: float) -> None:
    pace = Pace(took_s=before_s)
    looks_of_a_pass(pace, needed_s, needed_s / 50)
    assert pace.spent_s == 0.0 and pace.took_s is not None and abs(pace.took_s - needed_s) < 1e-6
    assert pace.share_s(EVERY_S, MOST_S) <= MOST_S
    assert abs(pace.share_s(EVERY_S, MOST_S) - min(MOST_S, needed_s * EVERY_S / PASS_EVERY_S)) < 1e-6


def test_a_pass_that_has_grown_gets_more_before_it_is_over() -> None:
    pace = Pace(took_s=0.1)
    shares = []
    for _ in range(40):
        shares.append(pace.share_s(EVERY_S, MOST_S))
        pace.spend(shares[-1], is_over=False)
    assert shares == sorted(shares) and shares[-1] == MOST_S


def test_who_has_no_time_gives_none() -> None:
    assert Pace().share_s(EVERY_S, 0.0) == Pace(took_s=3.0).share_s(EVERY_S, 0.0) == 0.0
