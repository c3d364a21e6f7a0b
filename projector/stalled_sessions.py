"""Ends sessions of ours that stand still where no timeout of Postgres ends them.

A statement that a connection runs for the first time comes in two messages: it is prepared, and then it is run. Between
them Postgres waits for the client, but does not call that idle, and cancels no statement while it reads. Whoever goes
to sleep there would keep its locks for as long as it sleeps, or until somebody notices that its machine is gone.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog

from projector import postgres_errors
from projector.locks import Pool

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 5.0

# COPY waits for its rows like this, and for as long as whoever has them takes.
_END = """
SELECT application_name, extract(epoch FROM clock_timestamp() - state_change)::float8 AS stood_still_s, query,
    pg_terminate_backend(pid) AS is_ended
FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user
    AND state = 'active' AND wait_event = 'ClientRead' AND xact_start IS NOT NULL
    AND state_change < clock_timestamp() - $1::interval AND query NOT ILIKE 'COPY %'"""


async def keep_ending_stalled(pool: Pool, after: timedelta) -> None:
    """Until cancelled."""
    while True:
        try:
            await end_stalled(pool, after)
        except postgres_errors.ANY as error:
            log.warning("stalled_sessions_not_looked_for", error=str(error) or type(error).__name__)
        await asyncio.sleep(LOOK_EVERY_S)


async def end_stalled(pool: Pool, after: timedelta) -> int:
    """Answers how many were ended. What they had begun is rolled back; who wakes up connects again."""
    ended = [row for row in await pool.fetch(_END, after) if row["is_ended"]]
    for row in ended:
        log.warning(
            "stalled_session_ended",
            application=row["application_name"],
            stood_still_s=round(row["stood_still_s"], 1),
            query=" ".join(row["query"].split())[:120],
        )
    return len(ended)
