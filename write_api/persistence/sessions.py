from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from domain.identity.errors import SessionNotFound
from domain.identity.sessions import RefreshToken
from domain.identity.sessions import Session as SignIn
from write_api.persistence.session import Session
from write_api.persistence.sql import insert_rows, select_all, update_versioned
from write_api.persistence.tables.identity import refresh_tokens, sessions
from write_api.persistence.users import hold_user

_SELECT = select_all(sessions)
_SELECT_BY_ID = f"{_SELECT} WHERE id = $1 FOR NO KEY UPDATE"
_SELECT_LIVE = (
    f"{_SELECT} WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2 AND idle_expires_at > $2 ORDER BY id"
)
_INSERT = insert_rows(sessions)
_UPDATE = update_versioned(sessions)
_SELECT_TOKEN = f"{select_all(refresh_tokens)} WHERE token_hash = $1"
_INSERT_TOKEN = insert_rows(refresh_tokens)
# One statement decides who of many uses a token: the row's lock makes the others wait and see.
_USE_TOKEN = "UPDATE refresh_tokens SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL RETURNING session_id"


class SessionRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def get(self, session_id: UUID) -> SignIn:
        row = await self._session.fetch_locked(_SELECT_BY_ID, session_id)
        if row is None:
            raise SessionNotFound(session_id)
        return SignIn(**row)

    async def find_token(self, token_hash: bytes) -> RefreshToken | None:
        row = await self._session.fetch_row(_SELECT_TOKEN, token_hash)
        return None if row is None else RefreshToken(**row)

    async def live_of_user(self, user_id: UUID, at: datetime) -> list[SignIn]:
        return [SignIn(**row) for row in await self._session.fetch(_SELECT_LIVE, user_id, at)]

    async def live_to_change(self, user_id: UUID, at: datetime) -> list[SignIn]:
        """Until the commit nobody else starts one for this user, or ends all."""
        await hold_user(self._session, user_id)
        return await self.live_of_user(user_id, at)

    async def add(self, session: SignIn) -> None:
        self._session.added(session, _INSERT, _to_row(session))

    async def save(self, session: SignIn) -> None:
        if session.has_changes:
            self._session.changed(session, _UPDATE, _to_row(session))

    async def add_token(self, token: RefreshToken) -> None:
        self._session.plan.insert(
            _INSERT_TOKEN,
            {
                "token_hash": f"\\x{token.token_hash.hex()}",
                "session_id": token.session_id,
                "issued_at": token.issued_at,
                "expires_at": token.expires_at,
                "used_at": token.used_at,
            },
        )

    async def use_token(self, token_hash: bytes, at: datetime) -> bool:
        return await self._session.fetch_locked(_USE_TOKEN, token_hash, at) is not None


def _to_row(session: SignIn) -> dict[str, Any]:
    return {
        "id": session.id,
        "user_id": session.user_id,
        "user_agent": session.user_agent,
        "ip_address": session.ip_address,
        "last_used_at": session.last_used_at,
        "expires_at": session.expires_at,
        "idle_expires_at": session.idle_expires_at,
        "revoked_at": session.revoked_at,
        "version": session.version + 1,
        "created_at": session.created_at,
        "updated_at": session.updated_at,
    }
