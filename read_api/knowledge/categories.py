"""The category tree, built from the flat list that the catalog holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from read_api.locales import choose

Category = Mapping[str, Any]


def descendants(categories: Iterable[Category], asked: Iterable[str]) -> list[str]:
    """The asked ids and all below them."""
    children = defaultdict(list)
    for category in categories:
        children[category["parent_id"]].append(category["id"])
    found: dict[str, None] = {}
    waiting = list(asked)
    while waiting:
        category_id = waiting.pop()
        if category_id not in found:
            found[category_id] = None
            waiting.extend(children[category_id])
    return list(found)


def tree(categories: Sequence[Category], locales: Sequence[str]) -> list[dict[str, Any]]:
    """Roots with their `children`, in order. A category whose parent is not known (yet) is a root."""
    known = {category["id"] for category in categories}
    children: dict[str | None, list[Category]] = defaultdict(list)
    for category in categories:
        parent_id = category["parent_id"]
        children[parent_id if parent_id in known else None].append(category)
    return _branches(children, None, locales)


def category_name(names: Mapping[str, str], locales: Sequence[str]) -> str | None:
    """The name in the best of these locales, else in any."""
    best = choose(list(names), locales) or next(iter(sorted(names)), None)
    return None if best is None else names[best]


def _branches(
    children: Mapping[str | None, Sequence[Category]], parent_id: str | None, locales: Sequence[str]
) -> list[dict[str, Any]]:
    return [
        {
            "id": category["id"],
            "version": category["version"],
            "name": category_name(category["names"], locales),
            "names": category["names"],
            "parent_id": parent_id,
            "position": category["position"],
            "children": _branches(children, category["id"], locales),
        }
        for category in children.get(parent_id, ())
    ]
