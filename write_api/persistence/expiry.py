"""What has served its time is deleted, in small transactions, so that no command waits for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from write_api.persistence.idempotency import RETENTION_H
from write_api.persistence.unit_of_work import Pool

ROWS_PER_TRANSACTION = 5_000
# What was uploaded and hangs on no message by then.
UNATTACHED_LIFE = timedelta(days=1)


@dataclass(frozen=True)
class Expiry:
    """Rows of `table` go when `column` lies further back than `keep`, if `only` holds."""

    table: str
    column: str
    keep: timedelta
    only: str = "true"


EXPIRIES = (
    Expiry("idempotency_keys", "created_at", timedelta(hours=RETENTION_H)),
    # A refresh token that comes back late must still be seen to be a copy, so its session outlives it.
    Expiry("sessions", "expires_at", timedelta(days=30)),
    Expiry("refresh_tokens", "expires_at", timedelta(days=30)),
    Expiry("api_tokens", "expires_at", timedelta(days=30)),
    Expiry("password_resets", "expires_at", timedelta(days=1)),
    Expiry("sign_in_networks", "last_used_at", timedelta(days=90)),
    Expiry("attachments", "created_at", UNATTACHED_LIFE, only="message_id IS NULL"),
)
# Part of the audit log: the database itself says when they may go.
_FORGET_SIGN_IN_FAILURES = "SELECT forget_sign_in_failures($1)"


async def forget_expired(pool: Pool) -> int:
    """Answers how many rows were deleted, without those that went with a session."""
    forgotten = [await _until_done(partial(_forget, pool, expiry)) for expiry in EXPIRIES]
    return sum(forgotten) + await _until_done(partial(_forget_sign_in_failures, pool))


async def _until_done(step: Callable[[], Awaitable[int]]) -> int:
    forgotten = 0
    while True:
        deleted = await step()
        forgotten += deleted
        if deleted < ROWS_PER_TRANSACTION:
            return forgotten


async def _forget(pool: Pool, expiry: Expiry) -> int:
    status = await pool.execute(
        f"DELETE FROM {expiry.table} WHERE ctid = ANY (ARRAY("
        f"SELECT ctid FROM {expiry.table} WHERE {expiry.column} < now() - $1::interval AND {expiry.only} LIMIT $2))"
        f" AND {expiry.only}",
        expiry.keep,
        ROWS_PER_TRANSACTION,
    )
    return int(status.rpartition(" ")[2])


async def _forget_sign_in_failures(pool: Pool) -> int:
    deleted: int = await pool.fetchval(_FORGET_SIGN_IN_FAILURES, ROWS_PER_TRANSACTION)
    return deleted
