from __future__ import annotations

from datetime import datetime, timezone

import pytest

from domain.shared.errors import ValidationFailed
from write_api.intake import record

NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize("written", ["2026-03-01T12:00:00Z", "2026-03-01T13:00:00+01:00", "2026-03-01T12:00:00"])
def test_reads_times_with_any_offset_as_utc(written: str) -> None:
    assert record.instant({"at": written}, "at") == NOON


def test_a_plain_date_is_its_midnight_in_utc() -> None:
    assert record.instant({"at": "2026-03-01"}, "at") == datetime(2026, 3, 1, tzinfo=timezone.utc)


@pytest.mark.parametrize("written", ["yesterday", "2026-13-01", 7, None])
def test_refuses_what_is_not_a_time(written: object) -> None:
    with pytest.raises(ValidationFailed, match="at"):
        record.instant({"at": written}, "at")


def test_names_the_missing_field() -> None:
    with pytest.raises(ValidationFailed, match="'subject' is missing") as refused:
        record.text({}, "subject")
    assert refused.value.pointer == "/subject"


def test_refuses_other_types() -> None:
    with pytest.raises(ValidationFailed, match="'tags' should be a string, not int"):
        record.texts({"tags": ["a", 1]}, "tags")
    with pytest.raises(ValidationFailed, match="'requester' should be an object"):
        record.nested({"requester": "me"}, "requester")


def test_absent_lists_are_empty() -> None:
    assert record.texts({"tags": None}, "tags") == []
    assert record.objects({}, "messages") == []
