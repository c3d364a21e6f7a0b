from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from domain.identity.api_token import ApiToken
from domain.identity.errors import ApiTokenNotFound
from domain.identity.scopes import Scope
from write_api.persistence.session import Session
from write_api.persistence.sql import insert_rows, select_all, update_versioned
from write_api.persistence.tables.api_tokens import api_token_uses, api_tokens
from write_api.persistence.users import hold_user

_SELECT = select_all(api_tokens)
_SELECT_BY_ID = f"{_SELECT} WHERE id = $1 FOR NO KEY UPDATE"
_SELECT_OF_USER = f"{_SELECT} WHERE user_id = $1 AND revoked_at IS NULL ORDER BY id"
_INSERT = insert_rows(api_tokens)
_UPDATE = update_versioned(api_tokens)
_LAST_USES = f"{select_all(api_token_uses)} WHERE api_token_id = ANY($1::uuid[])"
_GRANT = """
SELECT api_tokens.id, user_id, scopes FROM api_tokens JOIN users ON users.id = user_id AND users.active
WHERE token_hash = $1 AND revoked_at IS NULL AND expires_at > now()
"""
# Of those that are still there.
_NOTE_USES = """
INSERT INTO api_token_uses (api_token_id, last_used_at)
SELECT used.id, used.at FROM unnest($1::uuid[], $2::timestamptz[]) AS used (id, at) JOIN api_tokens USING (id)
ON CONFLICT (api_token_id) DO UPDATE SET last_used_at = greatest(api_token_uses.last_used_at, EXCLUDED.last_used_at)
"""


class Grant(NamedTuple):
    """What a token that is good lets its bearer do, and as whom."""

    id: UUID
    user_id: UUID
    scopes: frozenset[str]


class ApiTokenRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def get(self, token_id: UUID) -> ApiToken:
        row = await self._session.fetch_locked(_SELECT_BY_ID, token_id)
        if row is None:
            raise ApiTokenNotFound(token_id)
        return _to_token(row)

    async def of_user(self, user_id: UUID) -> list[ApiToken]:
        return [_to_token(row) for row in await self._session.fetch(_SELECT_OF_USER, user_id)]

    async def of_user_to_change(self, user_id: UUID) -> list[ApiToken]:
        await hold_user(self._session, user_id)
        return await self.of_user(user_id)

    async def last_uses(self, token_ids: Collection[UUID]) -> dict[UUID, datetime]:
        rows = await self._session.fetch(_LAST_USES, list(token_ids))
        return {row["api_token_id"]: row["last_used_at"] for row in rows}

    async def grant_of(self, token_hash: bytes) -> Grant | None:
        """None: there is no such token, or no longer, or its user is not active."""
        row = await self._session.fetch_row(_GRANT, token_hash)
        return None if row is None else Grant(row["id"], row["user_id"], frozenset(row["scopes"]))

    async def add(self, token: ApiToken) -> None:
        self._session.added(token, _INSERT, _to_row(token))

    async def save(self, token: ApiToken) -> None:
        if token.has_changes:
            self._session.changed(token, _UPDATE, _to_row(token))


async def note_uses(pool: asyncpg.Pool[asyncpg.Record], uses: Mapping[UUID, datetime]) -> None:
    await pool.execute(_NOTE_USES, list(uses), list(uses.values()))


def _to_token(row: asyncpg.Record) -> ApiToken:
    return ApiToken(**{**row, "scopes": frozenset(Scope(name) for name in row["scopes"])})


def _to_row(token: ApiToken) -> dict[str, Any]:
    return {
        "id": token.id,
        "user_id": token.user_id,
        "name": token.name,
        "scopes": sorted(scope.value for scope in token.scopes),
        "token_hash": f"\\x{token.token_hash.hex()}",
        "hint": token.hint,
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
        "version": token.version + 1,
        "created_at": token.created_at,
        "updated_at": token.updated_at,
    }
