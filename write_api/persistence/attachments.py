from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from domain.shared.actor import Actor
from domain.tickets.attachment_rules import Usage
from domain.tickets.attachments import Attachment
from write_api.persistence.session import Session
from write_api.persistence.sql import Fragment, RowStatement, insert_rows, select_all
from write_api.persistence.tables.tickets import attachments

_USAGE = """
SELECT (SELECT COALESCE(sum(size_bytes), 0)::bigint FROM attachments WHERE owner_id = $1) AS user_bytes,
    (SELECT COALESCE(sum(size_bytes), 0)::bigint FROM attachments WHERE organization_id = $2) AS organization_bytes"""
# People of one organization share a quota, so they add to it one after another.
_LOCK_USAGE = "SELECT pg_advisory_xact_lock(hashtextextended('attachments of ' || $1::uuid::text, 0))"
_SELECT = f"{select_all(attachments)} WHERE id = ANY($1::uuid[]) ORDER BY id"
_INSERT = insert_rows(attachments)
# All that ever changes.
_ATTACH = RowStatement(
    ("message_id", "attached_at", "updated_at", "version"),
    Fragment(
        "UPDATE attachments SET message_id = $1, attached_at = $2, updated_at = $3, version = $4"
        " WHERE id = $5 AND version = $6 RETURNING id",
        parameter_count=6,
        must_match=True,
    ),
)
_COLUMNS = tuple(str(column.name) for column in attachments.columns)


class AttachmentRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def usage_of(self, owner: Actor) -> Usage:
        row = await self._session.fetch_row(_USAGE, owner.user_id, owner.organization_id)
        assert row is not None
        organization_bytes = None if owner.organization_id is None else row["organization_bytes"]
        return Usage(row["user_bytes"], organization_bytes)

    async def usage_to_add_to(self, owner: Actor) -> Usage:
        # In a statement of its own: the next one sees what was committed while this one waited.
        await self._session.fetch_locked(_LOCK_USAGE, owner.organization_id or owner.user_id)
        return await self.usage_of(owner)

    async def known(self, attachment_ids: Collection[UUID]) -> Mapping[UUID, Attachment]:
        rows = await self._session.fetch_all_to_change(_SELECT, list(attachment_ids))
        return {row["id"]: Attachment(**row) for row in rows}

    async def add(self, attachment: Attachment) -> None:
        self._session.added(attachment, _INSERT, _to_row(attachment))

    async def save_attached(self, attachments: Iterable[Attachment]) -> None:
        for attachment in attachments:
            self._session.changed(attachment, _ATTACH, _to_row(attachment))


def _to_row(attachment: Attachment) -> dict[str, Any]:
    row = {name: getattr(attachment, name) for name in _COLUMNS}
    return {**row, "sha256": f"\\x{attachment.sha256.hex()}", "version": attachment.version + 1}
