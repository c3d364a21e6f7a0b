from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from read_models.guard import MOST_RANGES, Guard, held_text

versions = st.integers(1, 120)
ranges = st.lists(st.tuples(versions, st.integers(0, 9)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=40)


@given(ranges=ranges, up_to=versions, asked=versions)
def test_a_held_version_is_never_covered(ranges: list[tuple[int, int]], up_to: int, asked: int) -> None:
    guard = Guard.parse(f"7|{up_to}|open,none,none|{held_text(ranges, up_to)}")
    is_held = any(first <= asked <= last for first, last in ranges)
    if asked > up_to or is_held:
        assert not guard.covers(asked)
    elif len(ranges) <= MOST_RANGES:
        assert guard.covers(asked)


def test_many_ranges_are_kept_as_one() -> None:
    guard = Guard.parse("1|999|open,none,none|" + held_text([(n, n) for n in range(2, 200, 2)], 999))
    assert guard.held == ((2, 198),)
    assert [guard.covers(version) for version in (1, 3, 199, 999)] == [True, False, True, True]


def test_a_guard_of_an_earlier_release_holds_nothing() -> None:
    assert Guard.parse(b"12|3|open,none,none") == Guard(12, 3, "open,none,none")
    assert Guard.parse("12|3|open,none,none|") == Guard(12, 3, "open,none,none")
