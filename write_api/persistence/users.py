from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from domain.identity.errors import EmailTaken, UserNotFound
from domain.identity.user import User
from domain.shared.actor import Role, TicketAccess
from write_api.persistence.access import record_of
from write_api.persistence.failures import unknown_reference
from write_api.persistence.session import Session
from write_api.persistence.sql import Fragment, insert_rows, update_versioned
from write_api.persistence.tables.identity import credentials, user_groups, users

# Not locked: whoever waits for a row's lock gets the new row, but its groups as they were before. If somebody else
# saves meanwhile, the version tells.
_COLUMNS = ", ".join(column.name for column in users.columns)
_SELECT = f"SELECT {_COLUMNS}, ARRAY(SELECT group_id FROM user_groups WHERE user_id = users.id) AS group_ids FROM users"
_SELECT_BY_ID = f"{_SELECT} WHERE id = $1"
_SELECT_BY_EMAIL = f"{_SELECT} WHERE email = $1"
_SELECT_BY_EXTERNAL_ID = f"{_SELECT} WHERE external_id = $1"
_INSERT = insert_rows(users)
_UPDATE = update_versioned(users)
_ENTER_GROUPS = insert_rows(user_groups, on_conflict="DO NOTHING")
_LEAVE_OTHER_GROUPS = Fragment(
    "DELETE FROM user_groups WHERE user_id = $1 AND NOT group_id = ANY($2::uuid[])", parameter_count=2
)
_SET_PASSWORD_HASH = insert_rows(
    credentials,
    on_conflict="(user_id) DO UPDATE SET password_hash = EXCLUDED.password_hash, updated_at = EXCLUDED.updated_at",
)
# Not if it was set anew meanwhile.
_RENEW_PASSWORD_HASH = Fragment(
    "UPDATE credentials SET password_hash = $3 WHERE user_id = $1 AND password_hash = $2", parameter_count=3
)
_PASSWORD_HASH = "SELECT password_hash FROM credentials WHERE user_id = $1"
# Other rows may refer to the user meanwhile.
_HOLD = "SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE"
_SIGN_IN = """
SELECT users.id, credentials.password_hash FROM users JOIN credentials ON credentials.user_id = users.id
WHERE users.email = $1 AND users.active
"""


class UserRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def get(self, user_id: UUID) -> User:
        user = await self._find(_SELECT_BY_ID, user_id)
        if user is None:
            raise UserNotFound(user_id)
        return user

    async def find_by_email(self, email: str) -> User | None:
        return await self._find(_SELECT_BY_EMAIL, email)

    async def find_by_external_id(self, external_id: str) -> User | None:
        return await self._find(_SELECT_BY_EXTERNAL_ID, external_id)

    async def add(self, user: User) -> None:
        self._refuse_in_its_words(user)
        self._session.added(user, _INSERT, _to_row(user))
        self._session.access.append(record_of(user))
        self._enter_groups(user)

    async def save(self, user: User) -> None:
        if user.has_changes:
            self._refuse_in_its_words(user)
            self._session.changed(user, _UPDATE, _to_row(user))
            self._session.plan.execute(_LEAVE_OTHER_GROUPS, user.id, sorted(user.group_ids))
            self._session.access.append(record_of(user))
            self._enter_groups(user)

    async def credentials_of(self, email: str) -> tuple[UUID, str] | None:
        """The id and the password's hash of who may sign in with this address."""
        row = await self._session.fetch_row(_SIGN_IN, email)
        return None if row is None else (row["id"], row["password_hash"])

    async def password_hash_of(self, user_id: UUID) -> str | None:
        row = await self._session.fetch_row(_PASSWORD_HASH, user_id)
        return None if row is None else row["password_hash"]

    async def set_password_hash(self, user_id: UUID, password_hash: str, at: datetime) -> None:
        row = {"user_id": user_id, "password_hash": password_hash, "updated_at": at}
        self._session.plan.insert(_SET_PASSWORD_HASH, row)

    async def renew_password_hash(self, user_id: UUID, outdated: str, renewed: str) -> None:
        self._session.plan.execute(_RENEW_PASSWORD_HASH, user_id, outdated, renewed)

    async def _find(self, sql: str, key: UUID | str) -> User | None:
        row = await self._session.fetch_row(sql, key)
        return None if row is None else _to_user(row)

    def _refuse_in_its_words(self, user: User) -> None:
        email = user.email
        self._session.refusals["uq_users_email"] = lambda: EmailTaken(email)
        self._session.refusals["fk_user_groups_group_id"] = lambda: unknown_reference("group_ids")

    def _enter_groups(self, user: User) -> None:
        rows = ({"user_id": user.id, "group_id": group_id} for group_id in sorted(user.group_ids))
        self._session.plan.insert(_ENTER_GROUPS, *rows)


async def hold_user(session: Session, user_id: UUID) -> None:
    """Until the commit: for whoever gives this user a way in, or takes all of them away."""
    await session.fetch_locked(_HOLD, user_id)


def _to_user(row: asyncpg.Record) -> User:
    return User(
        **{
            **row,
            "role": Role(row["role"]),
            "ticket_access": TicketAccess(row["ticket_access"]),
            "group_ids": frozenset(row["group_ids"]),
        }
    )


def _to_row(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "role": user.role,
        "ticket_access": user.ticket_access,
        "organization_id": user.organization_id,
        "locale": user.locale,
        "active": user.active,
        "external_id": user.external_id,
        "version": user.version + 1,
        "created_at": user.created_at,
        "updated_at": user.updated_at,
    }
