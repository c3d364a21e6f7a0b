from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from runtime.times import rfc3339


def test_times_are_written_in_utc() -> None:
    there = timezone(timedelta(hours=-5, minutes=-30))
    assert rfc3339(datetime(2026, 5, 1, 20, 0, tzinfo=there)) == "2026-05-02T01:30:00Z"
    assert rfc3339(datetime(2026, 5, 1, 20, 0, 0, 5, tzinfo=timezone.utc)) == "2026-05-01T20:00:00.000005Z"


def test_a_time_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        rfc3339(datetime(2026, 5, 1))
