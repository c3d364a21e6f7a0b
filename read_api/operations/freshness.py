"""What the projector published about itself, as callers read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from read_api.times import utc
from runtime.consistency import Freshness
from runtime.times import rfc3339


def report(freshness: Freshness, published: Mapping[str, Any]) -> dict[str, Any]:
    """`published` is empty for who may only know how fresh everything is."""
    states: Mapping[str, Mapping[str, Any]] = published.get("projections", {})
    return {
        "as_of": None if freshness.as_of is None else rfc3339(freshness.as_of),
        "lag_ms": freshness.lag_ms,
        "stale": freshness.stale,
        "pending": _sum(states, "pending"),
        "oldest_pending_age_ms": max(_numbers(states, "oldest_pending_age_ms"), default=None),
        "dead": _sum(states, "dead"),
        "published_at": utc(published.get("published_at")),
        "projections": [{"name": name, **state} for name, state in sorted(states.items())] if published else None,
    }


def _sum(states: Mapping[str, Mapping[str, Any]], name: str) -> int | None:
    return sum(_numbers(states, name)) if states else None


def _numbers(states: Mapping[str, Mapping[str, Any]], name: str) -> Iterable[int]:
    return [state[name] for state in states.values() if state[name] is not None]
