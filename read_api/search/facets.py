"""Facets: how the found documents spread over a field. Always inside the query, so inside what the caller may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from runtime.search.filters import InvalidParameter
from runtime.search.grammar import InvalidQuery

VALUES_PER_FACET = 50


def asked_facets(asked: str | None, known: Collection[str]) -> tuple[str, ...]:
    """`status,tags` -> names, each once, in the order asked."""
    names = tuple(dict.fromkeys(name.strip() for name in (asked or "").split(",") if name.strip()))
    for name in names:
        if name not in known:
            detail = f"There is no facet {name!r}. Facets: {', '.join(sorted(known))}."
            raise InvalidParameter("facets", InvalidQuery("invalid_value", detail))
    return names


def facet_aggregations(paths: Mapping[str, str]) -> dict[str, Any]:
    return {name: {"terms": {"field": path, "size": VALUES_PER_FACET}} for name, path in paths.items()}


def facet_ids(aggregations: Mapping[str, Any], kinds: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """(kind, id) of every value that has a name elsewhere."""
    for name, aggregation in aggregations.items():
        if name in kinds:
            yield from ((kinds[name], bucket["key"]) for bucket in aggregation["buckets"])
