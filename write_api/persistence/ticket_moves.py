from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

import asyncpg

from domain.identity.errors import TicketMoveNotFound
from domain.identity.ticket_move import TicketMove, TicketMoveState
from write_api.persistence.session import Session
from write_api.persistence.sql import insert_rows, select_all, update_versioned
from write_api.persistence.tables.identity import ticket_moves

_SELECT = select_all(ticket_moves)
_SELECT_BY_ID = f"{_SELECT} WHERE id = $1"
_SELECT_RUNNING = (
    f"{_SELECT} WHERE state = 'running' AND (from_organization_id = ANY($1) OR to_organization_id = ANY($1))"
)
_LOCK_NEXT = f"{_SELECT} WHERE state = 'running' ORDER BY id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED"
# In one order, so that two who start moves between the same organizations wait, and do not block each other.
_LOCK_ORGANIZATIONS = "SELECT id FROM organizations WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE"
_INSERT = insert_rows(ticket_moves)
_UPDATE = update_versioned(ticket_moves)
_COLUMNS = tuple(str(column.name) for column in ticket_moves.columns)


class TicketMoveRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def get(self, move_id: UUID) -> TicketMove:
        row = await self._session.fetch_row(_SELECT_BY_ID, move_id)
        if row is None:
            raise TicketMoveNotFound(move_id)
        return _to_move(row)

    async def running_of(self, organization_ids: Collection[UUID]) -> list[TicketMove]:
        """Until the commit nobody else starts one."""
        await self._session.begin()
        await self._session.fetch(_LOCK_ORGANIZATIONS, list(organization_ids))
        return [_to_move(row) for row in await self._session.fetch(_SELECT_RUNNING, list(organization_ids))]

    async def next_running(self) -> TicketMove | None:
        """Locked until the commit; those that another process holds are left out."""
        row = await self._session.fetch_locked(_LOCK_NEXT)
        return None if row is None else _to_move(row)

    async def add(self, move: TicketMove) -> None:
        self._session.added(move, _INSERT, _to_row(move))

    async def save(self, move: TicketMove) -> None:
        """Progress alone is no event."""
        self._session.changed(move, _UPDATE, _to_row(move))


def _to_move(row: asyncpg.Record) -> TicketMove:
    return TicketMove(**{**row, "state": TicketMoveState(row["state"])})


def _to_row(move: TicketMove) -> dict[str, Any]:
    return {**{name: getattr(move, name) for name in _COLUMNS}, "version": move.version + 1}
