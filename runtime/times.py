from __future__ import annotations

from datetime import datetime, timezone


def rfc3339(moment: datetime) -> str:
    """UTC with a Z, to the microsecond at most. A time without its zone has no place in an answer."""
    if moment.tzinfo is None:
        raise ValueError("a time without its zone cannot be written as RFC 3339")
    return moment.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
