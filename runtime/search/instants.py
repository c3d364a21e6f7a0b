"""Dates as people type them: a year, a month, a day or a moment, each a period from its start to the next one's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from runtime.times import parse_moment

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


@dataclass(frozen=True)
class Period:
    start: datetime
    # The first moment after it.
    end: datetime

    def compared(self, operator: str) -> dict[str, str]:
        """The bounds of an Elasticsearch range for `operator` and this period."""
        start, end = rfc3339(self.start), rfc3339(self.end)
        if operator == ":":
            return {"gte": start, "lt": end}
        return {">": {"gte": end}, ">=": {"gte": start}, "<": {"lt": start}, "<=": {"lt": end}}[operator]


def period(text: str) -> Period | None:
    try:
        return _date(text) or _moment(text)
    except (ValueError, OverflowError):
        return None


def rfc3339(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _date(text: str) -> Period | None:
    matched = _DATE.fullmatch(text)
    if matched is None:
        return None
    year, month, day = matched.groups()
    start = datetime(int(year), int(month or 1), int(day or 1), tzinfo=timezone.utc)
    if day:
        return Period(start, start + timedelta(days=1))
    if month:
        return Period(start, (start + timedelta(days=31)).replace(day=1))
    return Period(start, start.replace(year=start.year + 1))


def _moment(text: str) -> Period | None:
    start = parse_moment(text)
    if start is None:
        return None
    # The index knows milliseconds.
    start = start.replace(microsecond=start.microsecond // 1000 * 1000)
    return Period(start, start + timedelta(milliseconds=1))
