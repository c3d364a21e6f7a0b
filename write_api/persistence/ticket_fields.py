from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg

from domain.tickets.custom_fields import FieldType, TicketField
from domain.tickets.errors import TicketFieldNotFound
from write_api.persistence.session import Session
from write_api.persistence.sql import insert_rows, select_all, update_versioned
from write_api.persistence.tables.tickets import ticket_fields

_SELECT = select_all(ticket_fields)
_SELECT_LOCKED = f"{_SELECT} WHERE id = $1 FOR NO KEY UPDATE"
_INSERT = insert_rows(ticket_fields)
_UPDATE = update_versioned(ticket_fields)


class TicketFieldRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def get(self, field_id: UUID) -> TicketField:
        row = await self._session.fetch_locked(_SELECT_LOCKED, field_id)
        if row is None:
            raise TicketFieldNotFound(field_id)
        return _to_field(row)

    async def by_key(self) -> Mapping[str, TicketField]:
        return {row["key"]: _to_field(row) for row in await self._session.fetch(_SELECT)}

    async def add(self, field: TicketField) -> None:
        self._session.added(field, _INSERT, _to_row(field))

    async def save(self, field: TicketField) -> None:
        if field.has_changes:
            self._session.changed(field, _UPDATE, _to_row(field))


def _to_field(row: asyncpg.Record) -> TicketField:
    return TicketField(**{**row, "type": FieldType(row["type"]), "options": tuple(row["options"])})


def _to_row(field: TicketField) -> dict[str, Any]:
    return {
        "id": field.id,
        "key": field.key,
        "label": field.label,
        "type": field.type,
        "options": field.options,
        "active": field.active,
        "version": field.version + 1,
        "created_at": field.created_at,
        "updated_at": field.updated_at,
    }
