from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.knowledge.errors import CategoryCycle, CategoryNamesInvalid, CategoryNotEmpty, CategoryTooDeep
from domain.knowledge.events import CategoryChanged, CategoryCreated, CategoryDeleted
from domain.shared.aggregate import Aggregate
from domain.shared.errors import UnknownField, json_pointer
from domain.shared.ids import uuid7
from domain.shared.locale import normalise_locale
from domain.shared.text import clean_text, optional_text
from domain.shared.values import to_int, to_optional_uuid

MAX_DEPTH = 8
MAX_NAME_LENGTH = 200
MAX_POSITION = 1_000_000
CHANGEABLE = ("names", "parent_id", "position")


@dataclass(kw_only=True, eq=False)
class Category(Aggregate):
    aggregate_type = "category"

    # By locale.
    names: dict[str, str]
    parent_id: UUID | None = None
    position: int = 0
    external_id: str | None = None

    @classmethod
    def create(
        cls,
        *,
        names: Mapping[str, object],
        at: datetime,
        parent_id: UUID | None = None,
        ancestor_ids: Sequence[UUID] = (),
        position: int = 0,
        external_id: str | None = None,
        id: UUID | None = None,
    ) -> Category:
        """`ancestor_ids`: the parent first, then its parents up to the root; empty at the root."""
        _check_depth(len(ancestor_ids) + 1)
        category = cls(
            id=id or uuid7(),
            created_at=at,
            updated_at=at,
            names=_merge_names({}, names),
            parent_id=parent_id,
            position=_clean_position(position),
            external_id=optional_text(external_id, pointer="/external_id", max_length=255),
        )
        category.record(CategoryCreated(occurred_at=at, names=category.names, parent_id=parent_id))
        return category

    def change(
        self,
        changes: Mapping[str, object],
        *,
        at: datetime,
        ancestor_ids: Sequence[UUID] = (),
        levels_below: int = 0,
    ) -> None:
        """With a new parent: its `ancestor_ids` (the parent first) and how many levels this category has below it."""
        values: dict[str, object] = {}
        for name, value in changes.items():
            if name == "names":
                values[name] = _merge_names(self.names, value)
            elif name == "position":
                values[name] = _clean_position(value)
            elif name == "parent_id":
                values[name] = to_optional_uuid(value, "/parent_id")
                if self.id == values[name] or self.id in ancestor_ids:
                    raise CategoryCycle
                _check_depth(len(ancestor_ids) + 1 + levels_below)
            else:
                raise UnknownField(name, CHANGEABLE)
        if changed := self._assign(values):
            self.record(CategoryChanged(occurred_at=at, changes=changed))

    def delete(self, *, has_children: bool, has_documents: bool, at: datetime) -> None:
        if has_children or has_documents:
            raise CategoryNotEmpty
        self.deleted = True
        self.record(CategoryDeleted(occurred_at=at, names=self.names))


def _check_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise CategoryTooDeep(depth, MAX_DEPTH)


def _clean_position(value: object) -> int:
    return to_int(value, "/position", low=0, high=MAX_POSITION)


def _merge_names(current: Mapping[str, str], patch: object) -> dict[str, str]:
    """JSON Merge Patch: a null removes the name in that locale; one name must stay."""
    if not isinstance(patch, Mapping):
        raise CategoryNamesInvalid("An object of locales and names is needed here.", pointer="/names")
    merged = dict(current)
    for key, value in patch.items():
        pointer = json_pointer("names", str(key))
        locale = normalise_locale(key, pointer)
        if value is None:
            merged.pop(locale, None)
        else:
            merged[locale] = clean_text(value, pointer=pointer, max_length=MAX_NAME_LENGTH)
    if not merged:
        raise CategoryNamesInvalid("A category needs a name in at least one locale.", pointer="/names")
    return merged
