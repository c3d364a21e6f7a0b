from __future__ import annotations

from datetime import datetime, timedelta, timezone

from domain.shared.clock import FixedClock, SystemClock


def test_the_system_clock_tells_utc() -> None:
    before = datetime.now(timezone.utc)
    now = SystemClock().now()
    assert now.utcoffset() == timedelta(0)
    assert before <= now <= datetime.now(timezone.utc)


def test_a_fixed_clock_moves_only_when_told() -> None:
    start = datetime(2026, 1, 1, tzinfo=timezone.utc)
    clock = FixedClock(start)
    assert clock.now() == clock.now() == start
    clock.advance(timedelta(seconds=5))
    assert clock.now() == start + timedelta(seconds=5)
