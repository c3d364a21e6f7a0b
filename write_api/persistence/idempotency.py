from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.shared.errors import Conflict, ValidationFailed
from write_api.persistence.outcome import Outcome
from write_api.persistence.session import Session
from write_api.persistence.sql import insert_rows
from write_api.persistence.tables.outbox import idempotency_keys

HEADER = "Idempotency-Key"
KEY_CONSTRAINT = "pk_idempotency_keys"
RETENTION_H = 24

_INSERT = insert_rows(
    idempotency_keys,
    (
        "principal_id",
        "route",
        "key",
        "request_hash",
        "status",
        "location",
        "body",
        "aggregate_type",
        "aggregate_id",
        "aggregate_version",
    ),
)

# The lock answers "in flight" at once; that one key is used once is what the primary key guarantees.
_CLAIM = """
SELECT pg_try_advisory_xact_lock(hashtextextended($1::uuid::text || ' ' || $2 || ' ' || $3, 0)) AS locked, stored.*
FROM (SELECT 1) AS always
LEFT JOIN (
    SELECT request_hash, status, location, body, aggregate_type, aggregate_id, aggregate_version, xid::text AS xid
    FROM idempotency_keys WHERE principal_id = $1 AND route = $2 AND key = $3
) AS stored ON true
"""


class IdempotencyKeyReused(ValidationFailed):
    code = "idempotency.key_reused"


class IdempotencyKeyInFlight(Conflict):
    code = "idempotency.in_flight"


@dataclass(frozen=True)
class IdempotentRequest:
    principal_id: UUID
    route: str
    key: str
    request_hash: str


async def claim(session: Session, request: IdempotentRequest) -> Outcome | None:
    """The stored outcome if the request was done before; else this unit of work may do it."""
    row = await session.fetch_locked(_CLAIM, request.principal_id, request.route, request.key)
    assert row is not None
    if row["request_hash"] is None:
        if not row["locked"]:
            raise IdempotencyKeyInFlight(
                "A request with this Idempotency-Key is being worked on. Wait a second and send it again."
            )
        return None
    if row["request_hash"] != request.request_hash:
        raise IdempotencyKeyReused(
            "This Idempotency-Key came with another request before. Use a new key for a new request."
        )
    return Outcome(
        status=row["status"],
        body=row["body"],
        location=row["location"],
        aggregate_type=row["aggregate_type"],
        aggregate_id=row["aggregate_id"],
        version=row["aggregate_version"],
        xid=int(row["xid"]),
        replayed=True,
    )


def remember(session: Session, request: IdempotentRequest, outcome: Outcome) -> None:
    row: dict[str, Any] = {
        "principal_id": request.principal_id,
        "route": request.route,
        "key": request.key,
        "request_hash": request.request_hash,
        "status": outcome.status,
        "location": outcome.location,
        "body": outcome.body,
        "aggregate_type": outcome.aggregate_type,
        "aggregate_id": outcome.aggregate_id,
        "aggregate_version": outcome.version,
    }
    session.plan.insert(_INSERT, row)
