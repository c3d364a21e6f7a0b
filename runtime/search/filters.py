"""Filters of lists and searches: request parameters -> clauses. Repeated values mean `or`, different filters `and`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from runtime.search.fields import Clause, Fields, Names, Reference, any_of, is_name, named
from runtime.search.grammar import Comparison, InvalidQuery

_SIDES = {"after": ">", "before": "<"}


class InvalidParameter(ValueError):
    """A request parameter other than `q` that cannot be understood."""

    def __init__(self, parameter: str, problem: InvalidQuery) -> None:
        super().__init__(problem.detail)
        self.parameter = parameter
        self.problem = problem


@dataclass(frozen=True)
class Filters:
    """Values by parameter name; times by a name such as `created_after` or `updated_before`."""

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    times: Mapping[str, str | None] = field(default_factory=dict)

    def asked(self) -> dict[str, list[str]]:
        """What was asked, in one spelling: cursors are bound to it."""
        times = {name: [text] for name, text in self.times.items() if text is not None}
        return {**{name: sorted(values) for name, values in self.values.items() if values}, **times}


def filters_of(said: Mapping[str, Any]) -> Filters:
    """Of what was written down by the names of parameters: lists of values, and times."""
    values = {name: value for name, value in said.items() if isinstance(value, list)}
    return Filters(values, {name: said[name] for name in said if name.rpartition("_")[2] in _SIDES})


def filter_clauses(filters: Filters, fields: Fields, names: Names) -> list[Clause]:
    clauses: list[Clause] = []
    for parameter, values in filters.values.items():
        if values:
            clauses.append(any_of([_clause(parameter, value, fields, names) for value in values]))
    for parameter, text in filters.times.items():
        if text is not None:
            name, _, side = parameter.rpartition("_")
            comparison = Comparison(name, _SIDES[side], text)
            clauses.append(_understood(parameter, lambda: fields[name].clause(comparison, names)))
    return clauses


def comparison_clauses(
    comparisons: Iterable[Comparison], fields: Fields, names: Names, all_of: frozenset[str] = frozenset()
) -> tuple[list[Clause], list[Clause]]:
    """(filter, must_not). Several `status:` mean any of them; fields in `all_of` hold many values, there all count."""
    wanted: dict[tuple[str, int], list[Clause]] = {}
    unwanted: list[Clause] = []
    for place, comparison in enumerate(comparisons):
        clause = named(fields, comparison.field).clause(comparison, names)
        if comparison.negated:
            unwanted.append(clause)
        elif comparison.operator == ":" and comparison.field not in all_of:
            wanted.setdefault((comparison.field, -1), []).append(clause)
        else:
            wanted[(comparison.field, place)] = [clause]
    return [any_of(clauses) for clauses in wanted.values()], unwanted


def _clause(parameter: str, value: str, fields: Fields, names: Names) -> Clause:
    target = fields[parameter]
    if isinstance(target, Reference) and is_name(value):
        allowed = "an id, me or none" if target.kind == "user" else "an id or none"
        raise InvalidParameter(parameter, InvalidQuery("invalid_value", f"{parameter} is {allowed}."))
    return _understood(parameter, lambda: target.clause(Comparison(parameter, ":", value, quoted=True), names))


def _understood(parameter: str, clause: Callable[[], Clause]) -> Clause:
    try:
        return clause()
    except InvalidQuery as problem:
        raise InvalidParameter(parameter, problem) from problem
