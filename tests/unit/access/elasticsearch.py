"""What Elasticsearch would say of the clauses that our searches are made of, if every text matched."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Source = Mapping[str, Any]
Matches = Callable[[Source], bool]
# Whatever was typed: who sees what must not depend on it.
TEXT = frozenset(("match", "multi_match", "match_phrase", "prefix", "dis_max"))


def compiled(clause: Mapping[str, Any]) -> Matches:
    ((kind, body),) = clause.items()
    if kind in TEXT or kind == "match_all":
        return lambda _: True
    if kind == "match_none":
        return lambda _: False
    if kind == "bool":
        return _bool(body)
    if kind == "exists":
        path = body["field"]
        return lambda source: source.get(path) is not None
    assert kind in ("term", "terms"), f"{kind} is not known here: say what it matches"
    (path, value), *_ = ((path, value) for path, value in body.items() if path != "boost")
    if kind == "terms":
        return _any_of(path, value)
    return _any_of(path, [value["value"] if isinstance(value, Mapping) else value])


def _any_of(path: str, values: Sequence[Any]) -> Matches:
    wanted = frozenset(values)

    def matches(source: Source) -> bool:
        held = source.get(path)
        return not wanted.isdisjoint(held) if isinstance(held, (list, tuple)) else held in wanted

    return matches


def _bool(body: Mapping[str, Any]) -> Matches:
    assert body.keys() <= {"filter", "must", "should", "must_not", "minimum_should_match"}, body.keys()
    required = [compiled(clause) for clause in (*_clauses(body, "filter"), *_clauses(body, "must"))]
    forbidden = [compiled(clause) for clause in _clauses(body, "must_not")]
    optional = [compiled(clause) for clause in _clauses(body, "should")]
    needed = int(body.get("minimum_should_match", 0 if required else 1)) if optional else 0

    def matches(source: Source) -> bool:
        return (
            all(one(source) for one in required)
            and not any(one(source) for one in forbidden)
            and (not needed or sum(one(source) for one in optional) >= needed)
        )

    return matches


def _clauses(body: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    clauses = body.get(name, ())
    return (clauses,) if isinstance(clauses, Mapping) else clauses


def fields_of(node: Any) -> set[str]:
    """Every index field that a search body names to be searched, highlighted, sorted or counted."""
    if isinstance(node, (list, tuple)):
        return set().union(*(fields_of(item) for item in node)) if node else set()
    if not isinstance(node, Mapping):
        return set()
    found = set().union(*(fields_of(value) for value in node.values())) if node else set()
    for name, value in node.items():
        if name == "field":
            found.add(value)
        elif name == "fields":
            found |= {str(path).partition("^")[0] for path in value}
        elif name in ("match", "match_phrase", "prefix", "term", "terms", "range") and isinstance(value, Mapping):
            found |= {path for path in value if path not in ("field", "size", "boost")}
    return found
