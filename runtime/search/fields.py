"""Kinds of searchable fields: each turns one `field:value` into one Elasticsearch clause, or says why it cannot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from runtime.search import instants
from runtime.search.grammar import Comparison, InvalidQuery, Query

Clause = dict[str, Any]
MATCH_NONE: Clause = {"match_none": {}}
NONE = "none"
ME = "me"
MAX_LONG = 2**63 - 1
MAX_DIGITS = len(str(MAX_LONG))
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_RANGES = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}


@dataclass(frozen=True)
class Names:
    """What the asking person's words mean: who `me` is, and which ids a typed name stands for."""

    me: str | None = None
    ids: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)


class Field(Protocol):
    def clause(self, comparison: Comparison, names: Names) -> Clause: ...


Fields = Mapping[str, Field]


@dataclass(frozen=True)
class Choice:
    path: str
    values: tuple[str, ...]
    # Values that stand in an order can be compared.
    ordered: bool = False

    def clause(self, comparison: Comparison, names: Names) -> Clause:
        asked = [value.lower() for value in _values(comparison)]
        for value in asked:
            if value not in self.values:
                known = ", ".join(self.values)
                raise InvalidQuery("invalid_value", f"{comparison.field} is one of {known}, not {value!r}.")
        if comparison.operator == ":":
            return {"terms": {self.path: asked}}
        if not self.ordered or len(asked) != 1:
            raise _only_equality(comparison)
        place = self.values.index(asked[0])
        return {"terms": {self.path: list(_compared(self.values, place, comparison.operator))}}


@dataclass(frozen=True)
class Keyword:
    path: str

    def clause(self, comparison: Comparison, names: Names) -> Clause:
        if comparison.operator != ":":
            raise _only_equality(comparison)
        return {"terms": {self.path: _values(comparison)}}


@dataclass(frozen=True)
class Reference:
    """An id, `me`, `none`, or a name or email that was looked up before."""

    path: str
    kind: str

    def clause(self, comparison: Comparison, names: Names) -> Clause:
        if comparison.operator != ":":
            raise _only_equality(comparison)
        return any_of([self._one(value, names) for value in _values(comparison)])

    def _one(self, value: str, names: Names) -> Clause:
        if value.lower() == NONE:
            return {"bool": {"must_not": [{"exists": {"field": self.path}}]}}
        if value.lower() == ME and self.kind == "user":
            return {"term": {self.path: names.me}} if names.me else MATCH_NONE
        if is_id(value):
            return {"term": {self.path: value.lower()}}
        ids = names.ids.get((self.kind, value), ())
        return {"terms": {self.path: list(ids)}} if ids else MATCH_NONE


@dataclass(frozen=True)
class Number:
    path: str

    def clause(self, comparison: Comparison, names: Names) -> Clause:
        number = whole_number(comparison.value.removeprefix("#"))
        if number is None:
            raise InvalidQuery("invalid_value", f"{comparison.field} is compared with a whole number.")
        if comparison.operator == ":":
            return {"term": {self.path: number}}
        return {"range": {self.path: {_RANGES[comparison.operator]: number}}}


@dataclass(frozen=True)
class Instant:
    path: str

    def clause(self, comparison: Comparison, names: Names) -> Clause:
        period = instants.period(comparison.value)
        if period is None:
            raise InvalidQuery(
                "invalid_value",
                f"{comparison.field} is compared with a date such as 2026-01-31, 2026-01, 2026 "
                "or a time such as 2026-01-31T09:30:00Z.",
            )
        return {"range": {self.path: period.compared(comparison.operator)}}


@dataclass(frozen=True)
class Text:
    paths: tuple[str, ...]

    def clause(self, comparison: Comparison, names: Names) -> Clause:
        if comparison.operator != ":":
            raise _only_equality(comparison)
        match = {"query": comparison.value, "fields": list(self.paths)}
        if comparison.quoted:
            return {"multi_match": {**match, "type": "phrase"}}
        return {"multi_match": {**match, "operator": "and"}}


def named(fields: Fields, name: str) -> Field:
    """The field called `name`. `custom.<key>` stands for every custom field where the resource has them."""
    known = fields.get(name)
    if known is not None:
        return known
    prefix, dot, key = name.partition(".")
    if dot and key and f"{prefix}.*" in fields:
        template = fields[f"{prefix}.*"]
        assert isinstance(template, Keyword)
        return Keyword(f"{template.path}.{key}")
    allowed = ", ".join(sorted(fields))
    raise InvalidQuery("unknown_field", f"There is no field {name!r} to search. Allowed fields: {allowed}.")


def typed_names(query: Query, fields: Fields) -> set[tuple[str, str]]:
    """(kind, text) of every value that has to be looked up among people, groups and organizations."""
    wanted: set[tuple[str, str]] = set()
    for comparison in query.comparisons:
        target = named(fields, comparison.field)
        if isinstance(target, Reference):
            wanted |= {(target.kind, value) for value in _values(comparison) if is_name(value)}
    return wanted


def is_id(value: str) -> bool:
    return _UUID.fullmatch(value) is not None


def is_name(value: str) -> bool:
    return value.lower() not in (ME, NONE) and not is_id(value)


def whole_number(text: str) -> int | None:
    """One that fits into a long."""
    if not text.isascii() or not text.isdecimal() or len(text) > MAX_DIGITS or int(text) > MAX_LONG:
        return None
    return int(text)


def any_of(clauses: list[Clause]) -> Clause:
    if len(clauses) == 1:
        return clauses[0]
    return {"bool": {"should": clauses, "minimum_should_match": 1}}


def _values(comparison: Comparison) -> list[str]:
    if comparison.quoted:
        return [comparison.value]
    return [value for value in comparison.value.split(",") if value] or [comparison.value]


def _compared(values: tuple[str, ...], place: int, operator: str) -> tuple[str, ...]:
    return {
        ">": values[place + 1 :],
        ">=": values[place:],
        "<": values[:place],
        "<=": values[: place + 1],
    }[operator]


def _only_equality(comparison: Comparison) -> InvalidQuery:
    return InvalidQuery("invalid_value", f"{comparison.field} is compared with ':' only.")
