from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.shared.ids import uuid7
from write_api.persistence.outbox import BACKGROUND_LANE, INSERT_OUTBOX, shard_of
from write_api.persistence.session import Session
from write_api.persistence.sql import insert_rows
from write_api.persistence.tables.sign_in import sign_in_failures, sign_in_networks

_KNOWS_NETWORK = """
SELECT 1 FROM sign_in_networks WHERE user_id = $1 AND network = $2 AND last_used_at > now() - interval '90 days'
"""
_REMEMBER_NETWORK = insert_rows(
    sign_in_networks, on_conflict="(user_id, network) DO UPDATE SET last_used_at = EXCLUDED.last_used_at"
)
_INSERT_FAILURE = insert_rows(sign_in_failures)


class SignInRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def knows_network(self, user_id: UUID | None, network: str) -> bool:
        """Nobody knows none, but not sooner."""
        return await self._session.fetch_row(_KNOWS_NETWORK, user_id, network) is not None

    async def remember_network(self, user_id: UUID, network: str, at: datetime) -> None:
        self._session.plan.insert(_REMEMBER_NETWORK, {"user_id": user_id, "network": network, "last_used_at": at})

    async def add_failure(
        self, *, user_id: UUID | None, email_digest: bytes, reason: str, ip_address: str, user_agent: str, at: datetime
    ) -> None:
        failure_id = uuid7()
        row = {
            "id": failure_id,
            "user_id": user_id,
            "email_digest": f"\\x{email_digest.hex()}",
            "reason": reason,
            "ip_address": ip_address,
            "user_agent": user_agent,
            "request_id": self._session.origin.request_id,
            "occurred_at": at,
        }
        self._session.plan.insert(_INSERT_FAILURE, row)
        self._session.plan.insert(INSERT_OUTBOX, _pending(failure_id))


def _pending(failure_id: UUID) -> dict[str, object]:
    """It is shown in the audit log. Strangers make as many as they like, so nothing live waits behind them."""
    return {
        "lane": BACKGROUND_LANE,
        "shard": shard_of(failure_id),
        "aggregate_type": "sign_in",
        "aggregate_id": failure_id,
        "aggregate_version": 1,
        "event_id": failure_id,
        "event_type": "SignInFailed",
    }
