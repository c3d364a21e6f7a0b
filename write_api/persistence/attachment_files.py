"""Which files there may be in the store, so that none is ever forgotten there."""

from __future__ import annotations

from datetime import datetime

from write_api.persistence.session import Session
from write_api.persistence.sql import Fragment, insert_rows
from write_api.persistence.tables.tickets import attachment_files

_INSERT = insert_rows(attachment_files)
_FORGET = Fragment("DELETE FROM attachment_files WHERE storage_key = $1", parameter_count=1)


class AttachmentFiles:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def expect(self, storage_key: str, at: datetime) -> None:
        """Before its first byte."""
        self._session.plan.insert(_INSERT, {"storage_key": storage_key, "created_at": at})

    async def forget(self, storage_key: str) -> None:
        """After it is gone."""
        self._session.plan.execute(_FORGET, storage_key)
