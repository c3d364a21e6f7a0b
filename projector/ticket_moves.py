"""Moves of whole organizations' tickets, some at a time: the table says what is to be done, any projector does it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import structlog

from projector import postgres_errors
from projector.locks import Pool
from projector.relay.claim import BACKGROUND_LANE
from projector.relay.lanes import BACKGROUND_ROWS
from runtime.errors import StoreUnavailable
from write_api.persistence.failures import TransientConflict
from write_api.persistence.moving_tickets import move_next
from write_api.persistence.outbox import SHARDS

log = structlog.get_logger(__name__)

# Whoever changes one of these tickets meanwhile waits for one such transaction at most.
TICKETS_AT_ONCE = 250
# Enough that the pieces in which the background lane goes beside live work are full ones. More would only lie in the
# outbox and make everything look older than it is.
MOST_PENDING = SHARDS * BACKGROUND_ROWS
BETWEEN_LOOKS_S = 1.0
WHILE_BUSY_S = 0.05
RETRY_PAUSE_S = 1.0

_PENDING = f"""
SELECT count(*) FROM generate_series(0, {SHARDS - 1}) AS shards (shard)
CROSS JOIN LATERAL (
    SELECT FROM pending_changes AS o WHERE o.shard = shards.shard AND o.lane = {BACKGROUND_LANE} LIMIT {MOST_PENDING}
) AS pending"""


async def running_moves(pool: Pool) -> list[dict[str, Any]]:
    """For `projector status`: organizations by name, as people know them."""
    rows = await pool.fetch(
        "SELECT move.id::text, move.moved, move.total, move.created_at AS started_at,"
        ' source.name AS "from", target.name AS "to" FROM ticket_moves AS move'
        " JOIN organizations AS source ON source.id = move.from_organization_id"
        " LEFT JOIN organizations AS target ON target.id = move.to_organization_id"
        " WHERE move.state = 'running' ORDER BY move.id"
    )
    return [dict(row) for row in rows]


async def keep_moving(pool: Pool, on_moved: Callable[[], None]) -> None:
    """Until cancelled. `pool` is that of the jobs: these transactions are commands, which freshness has to wait for."""
    while True:
        try:
            await move_all(pool, on_moved)
            await asyncio.sleep(BETWEEN_LOOKS_S)
        except (StoreUnavailable, TransientConflict, *postgres_errors.ANY) as error:
            log.warning("ticket_move_paused", error=str(error))
            await asyncio.sleep(RETRY_PAUSE_S)
        except Exception:
            # Whatever is wrong with a move, the projection beside it goes on.
            log.exception("ticket_move_failed")
            await asyncio.sleep(RETRY_PAUSE_S)


async def move_all(pool: Pool, on_moved: Callable[[], None] = lambda: None) -> None:
    """Until no move is running, never faster than the projection."""
    while await move_next(pool, datetime.now(timezone.utc), TICKETS_AT_ONCE):
        on_moved()
        while await pool.fetchval(_PENDING) >= MOST_PENDING:
            await asyncio.sleep(WHILE_BUSY_S)
