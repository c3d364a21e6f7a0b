"""Every domain event: what of, when, and with which fields."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields
from enum import Enum
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints
from uuid import UUID

import domain
from documentation.event_moments import MOMENTS
from documentation.markdown import code, prose, table
from domain.shared.aggregate import Aggregate
from domain.shared.events import Changes, DomainEvent

INTRODUCTION = """# Domain events

What happened, in the past tense. Each is one row of `domain_events`, written in the transaction of its command and
never changed: the history of a ticket and the audit log are read from them. Projections do not replay them; see
[State-based projections](../explanation/state-based-projections.md).

Beside its fields every row has the event's id and type, the aggregate's type, id and version, who did it, from which
address, and `occurred_at`. `changes` holds each changed field with its value `before` and `after`.
"""
NAMES = {str: "text", int: "number", bool: "true or false", UUID: "id", type(None): "nothing"}
T = TypeVar("T")


def page() -> str:
    parts = [INTRODUCTION]
    for aggregate_type, events in sorted(by_aggregate().items()):
        parts.append(f"## {aggregate_type}\n")
        for event in events:
            parts.append(f"### {event.__name__}\n\n{prose(MOMENTS[event.__name__])}\n")
            rows = [(code(name), kind) for name, kind in payload(event)]
            parts.append(table(("field", "type"), rows) if rows else "No fields of its own.\n")
    return "\n".join(parts)


def by_aggregate() -> dict[str, list[type[DomainEvent]]]:
    """Which aggregate records an event is read from its source: the module that it is in names the event."""
    every = {event.__name__: event for event in events()}
    found: dict[str, list[type[DomainEvent]]] = defaultdict(list)
    for aggregate in sorted(_below(Aggregate), key=lambda one: one.__name__):
        source = ast.parse(inspect.getsource(inspect.getmodule(aggregate)))  # type: ignore[arg-type]
        named = {node.id for node in ast.walk(source) if isinstance(node, ast.Name)}
        found[aggregate.aggregate_type] += [event for name, event in every.items() if name in named]
    return dict(found)


def events() -> list[type[DomainEvent]]:
    """Those that can happen; the others are only what these have in common."""
    for module in pkgutil.walk_packages(domain.__path__, "domain."):
        importlib.import_module(module.name)
    own = [event for event in _below(DomainEvent) if event.__module__.startswith("domain.")]
    bases = {base for event in own for base in event.__bases__}
    return [event for event in own if event not in bases or event.__name__ in MOMENTS]


def payload(event: type[DomainEvent]) -> Iterator[tuple[str, str]]:
    hints = get_type_hints(event)
    for field in fields(event):
        if field.name != "occurred_at":
            yield field.name, _kind(hints[field.name])


def _below(root: type[T]) -> Iterator[type[T]]:
    for found in root.__subclasses__():
        yield found
        yield from _below(found)


def _kind(hint: Any) -> str:
    if hint == Changes:
        return "changed fields"
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is UnionType:
        return " or ".join(_kind(argument) for argument in arguments)
    if origin is dict:
        return f"{_kind(arguments[1])} by {_kind(arguments[0])}"
    if origin is not None:
        return f"list of {_kind(arguments[0])}"
    if isinstance(hint, type) and issubclass(hint, Enum):
        return ", ".join(code(member.value) for member in hint)
    return NAMES.get(hint, "time" if hint.__name__ == "datetime" else hint.__name__)
