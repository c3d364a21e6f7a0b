from __future__ import annotations

from datetime import datetime
from uuid import UUID

from write_api.persistence.session import Session
from write_api.persistence.sql import insert_rows
from write_api.persistence.tables.sign_in import sso_sessions, user_identities

# Two first sign-ins of one person at once must not make two users.
_HOLD = "SELECT pg_advisory_xact_lock(hashtextextended($1 || chr(10) || $2, 0))"
_OWNER = "SELECT user_id FROM user_identities WHERE issuer = $1 AND subject = $2"
_ISSUERS = "SELECT issuer FROM user_identities WHERE user_id = $1"
_LINK = insert_rows(user_identities)
_REMEMBER = insert_rows(sso_sessions)
_OF_SESSION = "SELECT provider, id_token FROM sso_sessions WHERE session_id = $1"


class IdentityRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def owner_of(self, issuer: str, subject: str) -> UUID | None:
        await self._session.fetch_locked(_HOLD, issuer, subject)
        row = await self._session.fetch_row(_OWNER, issuer, subject)
        return None if row is None else row["user_id"]

    async def issuers_of(self, user_id: UUID) -> set[str]:
        return {row["issuer"] for row in await self._session.fetch(_ISSUERS, user_id)}

    async def link(self, issuer: str, subject: str, user_id: UUID, provider: str, at: datetime) -> None:
        row = {"issuer": issuer, "subject": subject, "user_id": user_id, "provider": provider, "linked_at": at}
        self._session.plan.insert(_LINK, row)

    async def remember_session(self, session_id: UUID, provider: str, id_token: str) -> None:
        row = {"session_id": session_id, "provider": provider, "id_token": id_token}
        self._session.plan.insert(_REMEMBER, row)

    async def provider_of(self, session_id: UUID) -> tuple[str, str] | None:
        """The provider that a session came by, and the token that names it there."""
        row = await self._session.fetch_row(_OF_SESSION, session_id)
        return None if row is None else (row["provider"], row["id_token"])
