"""Sort orders that callers may ask for: `created_at`, `-created_at`. Ties always break, so pages never overlap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runtime.search.grammar import InvalidQuery

SortKeys = tuple[tuple[str, str], ...]
RELEVANCE = "relevance"
_OPPOSITE = {"asc": "desc", "desc": "asc"}


def reversed_keys(keys: SortKeys) -> SortKeys:
    return tuple((path, _OPPOSITE[order]) for path, order in keys)


def sort_keys(asked: str, paths: Mapping[str, str], ties: Sequence[str] = ("id",)) -> SortKeys:
    """((path, order), …). `paths`: index fields by what callers may ask for; `ties` make every row's place unique."""
    if asked == RELEVANCE and RELEVANCE in paths:
        return (("_score", "desc"), *((path, "desc") for path in ties))
    name = asked.removeprefix("-")
    if name not in paths or name == RELEVANCE:
        allowed = ", ".join(sorted(paths))
        raise InvalidQuery("invalid_value", f"Sort by one of {allowed}; a leading - means descending.")
    order = "desc" if asked.startswith("-") else "asc"
    return ((paths[name], order), *((path, order) for path in ties))


def sort_clause(keys: SortKeys, *, backward: bool) -> list[dict[str, Any]]:
    return [{path: order} for path, order in (reversed_keys(keys) if backward else keys)]
