"""Reading a field of an imported record: absent, of the wrong type, or good."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, TypeVar

from domain.shared.errors import ValidationFailed, json_pointer

T = TypeVar("T")


class FieldMissing(ValidationFailed):
    code = "import.field_missing"


class FieldOfWrongType(ValidationFailed):
    code = "import.field_of_wrong_type"


def text(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    if value is None:
        raise FieldMissing(f"the field '{name}' is missing", pointer=json_pointer(name))
    return _expect(value, str, name)


def optional_text(record: Mapping[str, Any], name: str) -> str | None:
    value = record.get(name)
    return None if value is None else _expect(value, str, name)


def texts(record: Mapping[str, Any], name: str) -> list[str]:
    return [_expect(item, str, name) for item in _expect(record.get(name) or [], list, name)]


def objects(record: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    return [_expect(item, dict, name) for item in _expect(record.get(name) or [], list, name)]


def nested(record: Mapping[str, Any], name: str) -> dict[str, Any]:
    return _expect(record.get(name), dict, name)


def instant(record: Mapping[str, Any], name: str) -> datetime:
    """An RFC 3339 time or a plain date, which means its midnight; UTC where no zone is given."""
    value = text(record, name)
    try:
        # Python 3.10 does not read the Z of RFC 3339.
        parsed = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        raise FieldOfWrongType(
            f"'{name}' is neither an RFC 3339 time nor a date: {value!r}", pointer=json_pointer(name)
        ) from None
    return parsed.replace(tzinfo=timezone.utc) if parsed.tzinfo is None else parsed.astimezone(timezone.utc)


def optional_instant(record: Mapping[str, Any], name: str) -> datetime | None:
    return None if record.get(name) is None else instant(record, name)


def _expect(value: Any, kind: type[T], name: str) -> T:
    if not isinstance(value, kind):
        raise FieldOfWrongType(
            f"'{name}' should be {_JSON_NAMES[kind.__name__]}, not {type(value).__name__}", pointer=json_pointer(name)
        )
    return value


_JSON_NAMES = {"str": "a string", "list": "an array", "dict": "an object"}
