from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.shared.ids import uuid7
from write_api.persistence.session import Session
from write_api.persistence.sql import insert_rows
from write_api.persistence.tables.sign_in import sign_in_failures, sign_in_networks

_CREDENTIALS = """
SELECT users.id AS user_id, credentials.password_hash, EXISTS (
    SELECT 1 FROM sign_in_networks
    WHERE user_id = users.id AND network = $2 AND last_used_at > now() - interval '90 days'
) AS network_known
FROM users JOIN credentials ON credentials.user_id = users.id
WHERE users.email = $1 AND users.active
"""
_REMEMBER_NETWORK = insert_rows(
    sign_in_networks, on_conflict="(user_id, network) DO UPDATE SET last_used_at = EXCLUDED.last_used_at"
)
_INSERT_FAILURE = insert_rows(sign_in_failures)


@dataclass(frozen=True)
class Credentials:
    user_id: UUID
    password_hash: str
    network_known: bool


class SignInRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def credentials_of(self, email: str, network: str) -> Credentials | None:
        """Of who may sign in with this address."""
        row = await self._session.fetch_row(_CREDENTIALS, email, network)
        return None if row is None else Credentials(**row)

    async def remember_network(self, user_id: UUID, network: str, at: datetime) -> None:
        self._session.plan.insert(_REMEMBER_NETWORK, {"user_id": user_id, "network": network, "last_used_at": at})

    async def add_failure(
        self, *, user_id: UUID | None, email_digest: bytes, reason: str, ip_address: str, user_agent: str, at: datetime
    ) -> None:
        row = {
            "id": uuid7(),
            "user_id": user_id,
            "email_digest": f"\\x{email_digest.hex()}",
            "reason": reason,
            "ip_address": ip_address,
            "user_agent": user_agent,
            "request_id": self._session.origin.request_id,
            "occurred_at": at,
        }
        self._session.plan.insert(_INSERT_FAILURE, row)
