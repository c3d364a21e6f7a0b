"""Saved filters of the ticket list: kept by one agent, and perhaps shared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from domain.shared.aggregate import Aggregate
from domain.shared.errors import UnknownField
from domain.shared.ids import uuid7
from domain.shared.text import clean_text
from domain.shared.values import to_enum, to_optional_uuid
from domain.tickets.errors import ViewLimitReached, ViewSharingInvalid
from domain.tickets.events import ViewChanged, ViewCreated, ViewDeleted

MAX_VIEW_NAME_LENGTH = 60
# Of one person. Each that is shown is counted again and again.
MAX_VIEWS = 50
CHANGEABLE = ("name", "query", "sort", "shared_with", "group_id")

# What the list of tickets takes, by parameter. Whether it means something the API has found out before.
ViewQuery = Mapping[str, object]


class Sharing(str, Enum):
    ME = "me"
    # Agents of one group.
    GROUP = "group"
    EVERYBODY = "everybody"


@dataclass(kw_only=True, eq=False)
class View(Aggregate):
    aggregate_type = "view"

    owner_id: UUID
    name: str
    query: ViewQuery
    sort: str
    shared_with: Sharing = Sharing.ME
    group_id: UUID | None = None

    @classmethod
    def create(
        cls,
        *,
        owner_id: UUID,
        owned: int,
        name: str,
        query: ViewQuery,
        sort: str,
        shared_with: Sharing | str = Sharing.ME,
        group_id: UUID | None = None,
        at: datetime,
    ) -> View:
        """`owned`: how many views the owner has already."""
        if owned >= MAX_VIEWS:
            raise ViewLimitReached(MAX_VIEWS)
        view = cls(
            id=uuid7(),
            created_at=at,
            updated_at=at,
            owner_id=owner_id,
            name=_clean_name(name),
            query=dict(query),
            sort=sort,
            shared_with=to_enum(Sharing, shared_with, "/shared_with"),
            group_id=group_id,
        )
        _check_group(view.shared_with, group_id)
        view.record(
            ViewCreated(
                occurred_at=at, name=view.name, query=view.query, shared_with=view.shared_with.value, group_id=group_id
            )
        )
        return view

    def change(self, changes: Mapping[str, object], *, at: datetime) -> None:
        values: dict[str, object] = {}
        for name, value in changes.items():
            if name == "name":
                values[name] = _clean_name(value)
            elif name in ("query", "sort"):
                values[name] = value
            elif name == "shared_with":
                values[name] = to_enum(Sharing, value, "/shared_with")
            elif name == "group_id":
                values[name] = to_optional_uuid(value, "/group_id")
            else:
                raise UnknownField(name, CHANGEABLE)
        sharing = values.get("shared_with", self.shared_with)
        if sharing is not Sharing.GROUP:
            # Whoever shares with somebody else need not say that the group is none now.
            values.setdefault("group_id", None)
        _check_group(sharing, values.get("group_id", self.group_id))
        if changed := self._assign(values):
            self.record(ViewChanged(occurred_at=at, changes=changed))

    def delete(self, *, at: datetime) -> None:
        self.deleted = True
        self.record(ViewDeleted(occurred_at=at, name=self.name, query=self.query))


def _clean_name(value: object) -> str:
    return clean_text(value, pointer="/name", max_length=MAX_VIEW_NAME_LENGTH)


def _check_group(sharing: object, group_id: object) -> None:
    if (sharing is Sharing.GROUP) is (group_id is None):
        raise ViewSharingInvalid
