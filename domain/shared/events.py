from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, fields
from datetime import date, datetime, timezone
from enum import Enum
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class DomainEvent:
    """What happened to one aggregate. Which one, and who did it, is stored beside it by the unit of work."""

    occurred_at: datetime

    @classmethod
    def event_type(cls) -> str:
        return cls.__name__

    def data(self) -> dict[str, object]:
        return {field.name: to_json(getattr(self, field.name)) for field in fields(self) if field.name != "occurred_at"}


@dataclass(frozen=True)
class Change:
    before: object
    after: object


Changes = Mapping[str, Change]


def to_json(value: object) -> object:
    if isinstance(value, Enum):
        return to_json(value.value)
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Change):
        return {"before": to_json(value.before), "after": to_json(value.after)}
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, Set):
        return sorted((to_json(item) for item in value), key=str)
    if isinstance(value, (list, tuple)):
        return [to_json(item) for item in value]
    raise TypeError(f"an event cannot hold a {type(value).__name__}")
