"""Enough of PromQL to know which metrics and labels a query names. What it does not know, it refuses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

AGGREGATIONS = frozenset(("sum", "min", "max", "avg", "count", "topk", "bottomk", "quantile"))
FUNCTIONS = frozenset(("rate", "increase", "histogram_quantile", "time", "clamp_min", "clamp_max", "absent", "abs"))
GROUPING = frozenset(("by", "without", "on", "ignoring", "group_left", "group_right"))
WORDS = frozenset(("and", "or", "unless", "bool", "offset"))

_TOKEN = re.compile(
    r"""(?P<space>\s+) | (?P<text>"(?:[^"\\]|\\.)*") | (?P<range>\[(?:\d+[smhdw]|\$__rate_interval)\])
    | (?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*) | (?P<number>\d+(?:\.\d+)?(?:e[+-]?\d+)?)
    | (?P<operator>=~|!~|!=|==|<=|>=|[-+*/%^<>=(){},])""",
    re.VERBOSE,
)


@dataclass
class Query:
    # Metric -> labels that it is chosen by.
    metrics: dict[str, set[str]] = field(default_factory=dict)
    # Labels that results are grouped by, or matched on.
    groups: set[str] = field(default_factory=set)


class NotUnderstood(ValueError):
    pass


def tokens(text: str) -> list[tuple[str, str]]:
    found, position = [], 0
    while position < len(text):
        matched = _TOKEN.match(text, position)
        if matched is None:
            raise NotUnderstood(f"at {text[position:]!r}")
        position = matched.end()
        if matched.lastgroup != "space":
            found.append((str(matched.lastgroup), matched[0]))
    return found


def parse(text: str) -> Query:
    query, left = Query(), tokens(text)
    _require_balance(left)
    while left:
        kind, token = left.pop(0)
        follows = left[0][1] if left else ""
        if kind != "name" or token in WORDS:
            if token in "{}":
                raise NotUnderstood(f"a selector without a metric in {text!r}")
        elif token in GROUPING:
            query.groups |= {name for kind, name in _enclosed(left, "(", ")") if kind == "name"}
        elif follows == "(" or token in AGGREGATIONS:
            if token not in AGGREGATIONS | FUNCTIONS:
                raise NotUnderstood(f"the function {token}")
        else:
            chosen = _enclosed(left, "{", "}") if follows == "{" else []
            query.metrics.setdefault(token, set()).update(_labels(chosen))
    return query


def _labels(chosen: list[tuple[str, str]]) -> set[str]:
    """Of `name operator "text"`, separated by commas."""
    for place, (kind, token) in enumerate(chosen):
        wanted = ("name", "operator", "text", "operator")[place % 4]
        if kind != wanted or (place % 4 == 3 and token != ","):
            raise NotUnderstood(f"{token} in a selector")
    return {token for kind, token in chosen if kind == "name"}


def _enclosed(left: list[tuple[str, str]], opening: str, closing: str) -> list[tuple[str, str]]:
    if not left or left.pop(0)[1] != opening:
        raise NotUnderstood(f"{opening} is missing")
    inside = []
    while left and left[0][1] != closing:
        inside.append(left.pop(0))
    if not left:
        raise NotUnderstood(f"{closing} is missing")
    left.pop(0)
    return inside


def _require_balance(all_tokens: list[tuple[str, str]]) -> None:
    open_ones: list[str] = []
    closing = {")": "(", "}": "{"}
    for _, token in all_tokens:
        if token in closing.values():
            open_ones.append(token)
        elif token in closing and (not open_ones or open_ones.pop() != closing[token]):
            raise NotUnderstood(f"{token} closes nothing")
    if open_ones:
        raise NotUnderstood(f"{open_ones[-1]} is not closed")
