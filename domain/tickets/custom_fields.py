from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from uuid import UUID

from domain.shared.aggregate import Aggregate
from domain.shared.errors import UnknownField, WrongValue, json_pointer
from domain.shared.ids import uuid7
from domain.shared.text import clean_text
from domain.shared.values import to_bool, to_enum, to_items
from domain.tickets.errors import CustomFieldInvalid, CustomFieldUnknown, TicketFieldInvalid
from domain.tickets.events import TicketFieldChanged, TicketFieldCreated

MAX_VALUE_LENGTH = 1024
MAX_OPTIONS = 200
# Beyond this a JavaScript client, and a double in the search index, would round.
MAX_NUMBER = 2**53 - 1
_KEY = re.compile(r"[a-z][a-z0-9_]{0,63}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

FieldValue = str | int | float | bool


class FieldType(str, Enum):
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    CHOICE = "choice"


@dataclass(kw_only=True, eq=False)
class TicketField(Aggregate):
    """The definition of a custom field. Key and type are final: stored values depend on them."""

    aggregate_type = "ticket_field"

    key: str
    label: str
    type: FieldType
    options: tuple[str, ...] = ()
    active: bool = True

    @classmethod
    def create(
        cls, *, key: str, label: str, type: FieldType | str, options: object = (), at: datetime, id: UUID | None = None
    ) -> TicketField:
        if not _KEY.fullmatch(key):
            raise TicketFieldInvalid(
                "A key is 1 to 64 lower-case letters, digits and underscores and starts with a letter.", pointer="/key"
            )
        kind = to_enum(FieldType, type, "/type")
        field = cls(
            id=id or uuid7(),
            created_at=at,
            updated_at=at,
            key=key,
            label=_clean_label(label),
            type=kind,
            options=_clean_options(kind, options),
        )
        field.record(
            TicketFieldCreated(occurred_at=at, key=key, label=field.label, type=kind.value, options=field.options)
        )
        return field

    def change(self, changes: Mapping[str, object], *, at: datetime) -> None:
        values: dict[str, object] = {}
        for name, value in changes.items():
            if name == "label":
                values[name] = _clean_label(value)
            elif name == "options":
                values[name] = _clean_options(self.type, value)
            elif name == "active":
                values[name] = to_bool(value, "/active")
            else:
                raise UnknownField(name, ("label", "options", "active"))
        if changed := self._assign(values):
            self.record(TicketFieldChanged(occurred_at=at, changes=changed))

    def clean_value(self, value: object) -> FieldValue:
        pointer = json_pointer("custom_fields", self.key)
        if self.type is FieldType.TEXT:
            return clean_text(value, pointer=pointer, max_length=MAX_VALUE_LENGTH)
        if self.type is FieldType.NUMBER:
            return _clean_number(value, pointer)
        if self.type is FieldType.BOOLEAN:
            return to_bool(value, pointer)
        if self.type is FieldType.DATE:
            return _clean_date(value, pointer)
        return self._clean_choice(value, pointer)

    def _clean_choice(self, value: object, pointer: str) -> str:
        if isinstance(value, str) and value in self.options:
            return value
        raise CustomFieldInvalid(
            f"'{self.key}' takes one of: {', '.join(self.options)}.",
            pointer=pointer,
            details={"allowed": list(self.options)},
        )


def merge_custom_fields(
    current: Mapping[str, FieldValue], patch: object, definitions: Mapping[str, TicketField]
) -> dict[str, FieldValue]:
    """JSON Merge Patch: a null removes the value, a null for the whole object removes all."""
    if patch is None:
        return {}
    if not isinstance(patch, Mapping):
        raise WrongValue("An object of field keys and values is needed here.", pointer="/custom_fields")
    merged = dict(current)
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
            continue
        definition = definitions.get(key)
        if definition is None or not definition.active:
            raise CustomFieldUnknown(
                "There is no active ticket field with this key. Use an existing one, or let an admin create it.",
                pointer=json_pointer("custom_fields", key),
            )
        merged[key] = definition.clean_value(value)
    return merged


def _clean_label(value: object) -> str:
    return clean_text(value, pointer="/label", max_length=200)


def _clean_options(kind: FieldType, values: object) -> tuple[str, ...]:
    items = to_items(values, "/options")
    options = [clean_text(item, pointer=json_pointer("options", i), max_length=255) for i, item in enumerate(items)]
    if kind is not FieldType.CHOICE:
        if options:
            raise TicketFieldInvalid("Only a field of type choice has options. Leave them out.", pointer="/options")
    elif not 1 <= len(set(options)) == len(options) <= MAX_OPTIONS:
        raise TicketFieldInvalid(f"A choice needs 1 to {MAX_OPTIONS} different options.", pointer="/options")
    return tuple(options)


def _clean_number(value: object, pointer: str) -> int | float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise CustomFieldInvalid("A number is needed here.", pointer=pointer)
    # NaN compares false with everything, so it is refused too.
    if not abs(value) <= MAX_NUMBER:
        raise CustomFieldInvalid(f"The number is too large: at most {MAX_NUMBER} is exact everywhere.", pointer=pointer)
    return value


def _clean_date(value: object, pointer: str) -> str:
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            pass
    raise CustomFieldInvalid("A date such as 2026-03-31 is needed here.", pointer=pointer)
