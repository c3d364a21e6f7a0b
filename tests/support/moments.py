from __future__ import annotations

from datetime import datetime, timezone


def moment(text: str) -> datetime:
    """An RFC 3339 time in UTC as the APIs answer it, with any number of decimals. Refuses other zones."""
    pattern = "%Y-%m-%dT%H:%M:%S.%fZ" if "." in text else "%Y-%m-%dT%H:%M:%SZ"
    return datetime.strptime(text, pattern).replace(tzinfo=timezone.utc)
