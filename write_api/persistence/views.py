from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg

from domain.tickets.errors import ViewNotFound
from domain.tickets.view import Sharing, View
from write_api.persistence.failures import unknown_reference
from write_api.persistence.session import Session
from write_api.persistence.sql import delete_versioned, insert_rows, select_all, update_versioned
from write_api.persistence.tables.tickets import views

_SELECT = f"{select_all(views)} WHERE id = $1 FOR NO KEY UPDATE"
_COUNT = "SELECT count(*) AS owned FROM views WHERE owner_id = $1"
_INSERT = insert_rows(views)
_UPDATE = update_versioned(views)
_DELETE = delete_versioned(views)
_COLUMNS = tuple(str(column.name) for column in views.columns)


class ViewRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def get(self, view_id: UUID) -> View:
        row = await self._session.fetch_locked(_SELECT, view_id)
        if row is None:
            raise ViewNotFound(view_id)
        return _to_view(row)

    async def count_of(self, owner_id: UUID) -> int:
        row = await self._session.fetch_row(_COUNT, owner_id)
        return 0 if row is None else int(row["owned"])

    async def add(self, view: View) -> None:
        self._refuse_in_its_words()
        self._session.added(view, _INSERT, _to_row(view))

    async def save(self, view: View) -> None:
        if view.deleted:
            self._session.removed(view, _DELETE)
        elif view.has_changes:
            self._refuse_in_its_words()
            self._session.changed(view, _UPDATE, _to_row(view))

    def _refuse_in_its_words(self) -> None:
        self._session.refusals["fk_views_group_id"] = lambda: unknown_reference("group_id")


def _to_view(row: asyncpg.Record) -> View:
    return View(**{**row, "shared_with": Sharing(row["shared_with"])})


def _to_row(view: View) -> dict[str, Any]:
    return {**{name: getattr(view, name) for name in _COLUMNS}, "version": view.version + 1}
