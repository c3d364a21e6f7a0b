"""What has served its time is deleted, in small transactions, so that no command waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from write_api.persistence.idempotency import RETENTION_H
from write_api.persistence.unit_of_work import Pool

ROWS_PER_TRANSACTION = 5_000


@dataclass(frozen=True)
class Expiry:
    """Rows of `table` go when `column` lies further back than `keep`."""

    table: str
    column: str
    keep: timedelta


EXPIRIES = (
    Expiry("idempotency_keys", "created_at", timedelta(hours=RETENTION_H)),
    # A refresh token that comes back late must still be seen to be a copy, so its session outlives it.
    Expiry("sessions", "expires_at", timedelta(days=30)),
    Expiry("refresh_tokens", "expires_at", timedelta(days=30)),
    Expiry("api_tokens", "expires_at", timedelta(days=30)),
    Expiry("password_resets", "expires_at", timedelta(days=1)),
    Expiry("sign_in_networks", "last_used_at", timedelta(days=90)),
    Expiry("sign_in_failures", "occurred_at", timedelta(days=90)),
)


async def forget_expired(pool: Pool) -> int:
    """Answers how many rows were deleted, without those that went with a session."""
    return sum([await _forget(pool, expiry) for expiry in EXPIRIES])


async def _forget(pool: Pool, expiry: Expiry) -> int:
    forgotten = 0
    while True:
        status = await pool.execute(
            f"DELETE FROM {expiry.table} WHERE ctid = ANY (ARRAY("
            f"SELECT ctid FROM {expiry.table} WHERE {expiry.column} < now() - $1::interval LIMIT $2))",
            expiry.keep,
            ROWS_PER_TRANSACTION,
        )
        deleted = int(status.rpartition(" ")[2])
        forgotten += deleted
        if deleted < ROWS_PER_TRANSACTION:
            return forgotten
