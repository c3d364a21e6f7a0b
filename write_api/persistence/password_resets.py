from __future__ import annotations

from datetime import datetime
from uuid import UUID

from write_api.persistence.session import Session
from write_api.persistence.sql import Fragment, insert_rows
from write_api.persistence.tables.sign_in import password_resets

_INSERT = insert_rows(password_resets)
_OWNER = """
SELECT user_id FROM password_resets JOIN users ON users.id = password_resets.user_id
WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 AND users.active
"""
_USE = Fragment(
    "UPDATE password_resets SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2"
    " RETURNING token_hash",
    parameter_count=2,
    must_match=True,
)
_FORGET_OTHERS = Fragment("DELETE FROM password_resets WHERE user_id = $1 AND token_hash <> $2", parameter_count=2)


class PasswordResetRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def owner_of(self, token_hash: bytes, at: datetime) -> UUID | None:
        """None: there is no such token, or it was used, or it is too late."""
        row = await self._session.fetch_row(_OWNER, token_hash, at)
        return None if row is None else row["user_id"]

    async def add(self, token_hash: bytes, user_id: UUID, at: datetime, expires_at: datetime) -> None:
        row = {
            "token_hash": f"\\x{token_hash.hex()}",
            "user_id": user_id,
            "created_at": at,
            "expires_at": expires_at,
            "used_at": None,
        }
        self._session.plan.insert(_INSERT, row)

    async def use(self, token_hash: bytes, user_id: UUID, at: datetime) -> None:
        """Of two who use it at once, one has a TransientConflict."""
        self._session.plan.execute(_USE, token_hash, at)
        self._session.plan.execute(_FORGET_OTHERS, user_id, token_hash)
