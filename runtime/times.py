from __future__ import annotations

import re
from datetime import datetime, timezone

# RFC 3339 in all its spellings: Python 3.10 reads neither `Z` nor fractions other than 3 or 6 digits.
_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})?", re.ASCII
)


def rfc3339(moment: datetime) -> str:
    """UTC with a Z, to the microsecond at most. A time without its zone has no place in an answer."""
    if moment.tzinfo is None:
        raise ValueError("a time without its zone cannot be written as RFC 3339")
    return moment.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")


def parse_moment(text: str) -> datetime | None:
    """UTC; a time without a zone is taken as UTC. None: this is no moment."""
    matched = _MOMENT.fullmatch(text)
    if matched is None:
        return None
    date, clock, fraction, zone = matched.groups()
    seconds = clock if clock.count(":") == 2 else f"{clock}:00"
    digits = f".{fraction[:6]:0<6}" if fraction else ""
    offset = "+00:00" if zone in (None, "Z", "z") else zone
    try:
        return datetime.fromisoformat(f"{date}T{seconds}{digits}{offset}").astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None
