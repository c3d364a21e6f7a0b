"""Turning loosely typed input (a JSON Merge Patch) into the types the aggregates hold."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import TypeVar
from uuid import UUID

from domain.shared.errors import WrongValue

E = TypeVar("E", bound=Enum)


def to_enum(kind: type[E], value: object, pointer: str) -> E:
    try:
        return kind(value)
    except ValueError:
        allowed = [str(member.value) for member in kind]
        raise WrongValue(
            f"Only these values are allowed here: {', '.join(allowed)}.",
            pointer=pointer,
            details={"allowed": allowed},
        ) from None


def to_uuid(value: object, pointer: str) -> UUID:
    if isinstance(value, UUID):
        return value
    if isinstance(value, str):
        try:
            return UUID(value)
        except ValueError:
            pass
    raise WrongValue("An id (UUID) is needed here.", pointer=pointer)


def to_optional_uuid(value: object, pointer: str) -> UUID | None:
    return None if value is None else to_uuid(value, pointer)


def to_uuids(values: object, pointer: str) -> frozenset[UUID]:
    return frozenset(to_uuid(item, f"{pointer}/{index}") for index, item in enumerate(to_items(values, pointer)))


def to_bool(value: object, pointer: str) -> bool:
    if not isinstance(value, bool):
        raise WrongValue("true or false is needed here.", pointer=pointer)
    return value


def to_int(value: object, pointer: str, *, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise WrongValue(f"A whole number from {low} to {high} is needed here.", pointer=pointer)
    return value


def to_items(value: object, pointer: str) -> list[object]:
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise WrongValue("A list is needed here.", pointer=pointer)
    return list(value)
