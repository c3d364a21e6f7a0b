from __future__ import annotations

import base64
from datetime import datetime, timedelta, timezone
from uuid import UUID

import pytest

from runtime.consistency import ConsistencyToken, Freshness, InvalidConsistencyToken, parse_prefer_wait

ID = UUID("01901639-6ff2-7d6c-9a1d-2b1f3c1c9f11")


def _encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize("version", [1, 2**63 - 1])
@pytest.mark.parametrize("xid", [0, 2**64 - 1])
def test_a_token_survives_the_way_to_the_caller_and_back(version: int, xid: int) -> None:
    token = ConsistencyToken("ticket_field", ID, version, xid)
    assert ConsistencyToken.decode(token.encode()) == token
    assert token.encode().replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize(
    "text",
    [
        *("", "abc", "%", "ü", "\ud800", "a" * 10_000),
        *(_encoded(""), _encoded("ticket"), _encoded(f"ticket:{ID}:1"), _encoded(f"ticket:{ID}:1:2:3")),
        *(_encoded(f"ticket:{ID}:0:1"), _encoded(f"ticket:{ID}:-1:1"), _encoded(f"ticket:{ID}:{2**63}:1")),
        *(_encoded(f"ticket:{ID}:1:{2**64}"), _encoded(f"ticket:{ID}:1:{'9' * 30}"), _encoded(f"ticket:{ID}:１:1")),
        *(_encoded(f"TICKET:{ID}:1:1"), _encoded(f"*:{ID}:1:1"), _encoded(f"ticket:{'-' * 36}:1:1")),
        _encoded(f"ticket:{ID}:1:1\n"),
    ],
)
def test_what_no_command_answered_is_refused(text: str) -> None:
    with pytest.raises(InvalidConsistencyToken):
        ConsistencyToken.decode(text)


def test_freshness_is_a_dictionary_of_rfc_8941() -> None:
    as_of = datetime(2026, 5, 1, 14, 0, 0, 120_000, tzinfo=timezone(timedelta(hours=2)))
    assert Freshness(as_of, 12).header() == 'as_of="2026-05-01T12:00:00.120000Z", lag_ms=12, stale=?0'
    assert Freshness(None, 0, stale=True).header() == "lag_ms=0, stale=?1"


def test_a_time_without_zone_is_no_freshness() -> None:
    with pytest.raises(ValueError, match="zone"):
        Freshness(datetime(2026, 5, 1), 0).header()


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        *((None, None), ("", None), ("respond-async", None), ("wait", None), ("wait=", None), ("wait=soon", None)),
        *(("wait=-1", None), ("wait=1.5", None), ("waits=3", None), ("wait=99999999999999999999", None)),
        *(("wait=0", 0), ("wait=3", 3), ("Wait = 3", 3), ('wait="3"', 3), ("wait=600", 5), ("wait=2; x=y", 2)),
        *(("respond-async, wait=4", 4), ("wait=1, wait=4", 1), ("handling=lenient, wait=2, return=minimal", 2)),
    ],
)
def test_prefer_wait(header: str | None, seconds: int | None) -> None:
    assert parse_prefer_wait(header) == seconds
