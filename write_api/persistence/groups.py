from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from domain.identity.errors import GroupNotFound, NameTaken
from domain.identity.group import Group
from write_api.persistence.session import Session
from write_api.persistence.sql import insert_rows, select_all, update_versioned
from write_api.persistence.tables.identity import groups

_SELECT = f"{select_all(groups)} WHERE id = $1 FOR NO KEY UPDATE"
_SELECT_EXISTING = "SELECT id FROM groups WHERE id = ANY($1::uuid[])"
_SELECT_NAMED = "SELECT id, name FROM groups WHERE name = ANY($1::text[])"
_INSERT = insert_rows(groups)
_UPDATE = update_versioned(groups)


class GroupRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def get(self, group_id: UUID) -> Group:
        row = await self._session.fetch_locked(_SELECT, group_id)
        if row is None:
            raise GroupNotFound(group_id)
        return Group(**row)

    async def missing(self, group_ids: Collection[UUID]) -> set[UUID]:
        if not group_ids:
            return set()
        rows = await self._session.fetch(_SELECT_EXISTING, list(group_ids))
        return set(group_ids) - {row["id"] for row in rows}

    async def named(self, names: Collection[str]) -> dict[str, UUID]:
        """Those that there are."""
        if not names:
            return {}
        return {row["name"]: row["id"] for row in await self._session.fetch(_SELECT_NAMED, list(names))}

    async def add(self, group: Group) -> None:
        self._refuse_in_its_words(group)
        self._session.added(group, _INSERT, _to_row(group))

    async def save(self, group: Group) -> None:
        if group.has_changes:
            self._refuse_in_its_words(group)
            self._session.changed(group, _UPDATE, _to_row(group))

    def _refuse_in_its_words(self, group: Group) -> None:
        name = group.name
        self._session.refusals["uq_groups_name"] = lambda: NameTaken("group", name)


def _to_row(group: Group) -> dict[str, Any]:
    return {
        "id": group.id,
        "name": group.name,
        "description": group.description,
        "version": group.version + 1,
        "created_at": group.created_at,
        "updated_at": group.updated_at,
    }
