from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.identity.events import GroupChanged, GroupCreated
from domain.shared.aggregate import Aggregate
from domain.shared.errors import UnknownField
from domain.shared.ids import uuid7
from domain.shared.text import clean_text

MAX_NAME_LENGTH = 200
MAX_DESCRIPTION_LENGTH = 2_000
CHANGEABLE = ("name", "description")


@dataclass(kw_only=True, eq=False)
class Group(Aggregate):
    """A team of agents."""

    aggregate_type = "group"

    name: str
    description: str = ""

    @classmethod
    def create(cls, *, name: str, at: datetime, description: str = "", id: UUID | None = None) -> Group:
        group = cls(
            id=id or uuid7(),
            created_at=at,
            updated_at=at,
            name=_clean_name(name),
            description=_clean_description(description),
        )
        group.record(GroupCreated(occurred_at=at, name=group.name))
        return group

    def change(self, changes: Mapping[str, object], *, at: datetime) -> None:
        values: dict[str, object] = {}
        for name, value in changes.items():
            if name == "name":
                values[name] = _clean_name(value)
            elif name == "description":
                values[name] = _clean_description("" if value is None else value)
            else:
                raise UnknownField(name, CHANGEABLE)
        if changed := self._assign(values):
            self.record(GroupChanged(occurred_at=at, changes=changed))


def _clean_name(value: object) -> str:
    return clean_text(value, pointer="/name", max_length=MAX_NAME_LENGTH)


def _clean_description(value: object) -> str:
    return clean_text(value, pointer="/description", max_length=MAX_DESCRIPTION_LENGTH, blank=True)
