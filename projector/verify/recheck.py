"""A difference that goes away when it is looked at again was only a change on its way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from uuid import UUID

from projector.locks import Pool
from projector.verify.difference import Difference

FIRST_PAUSE_S = 0.05
# Time for a batch that was under way to arrive.
PATIENCE_S = 3.0
# For changes that still wait in the outbox, when there are many before them.
LONGEST_WAIT_S = 120.0

LookAgain = Callable[[list[Difference]], Awaitable[list[Difference]]]

_ON_THEIR_WAY = """
SELECT 1 FROM unnest($1::uuid[]) AS asked (id)
WHERE asked.id IN (SELECT aggregate_id FROM pending_changes WHERE attempts = 0)
    OR asked.id IN (SELECT event_id FROM pending_changes WHERE attempts = 0 AND event_id IS NOT NULL)
LIMIT 1"""
# A ticket waits for its messages, too.
_AWAITED = """
WITH awaited AS (
    SELECT unnest(ARRAY[aggregate_id, root_id, event_id]) AS id FROM pending_changes
    UNION ALL SELECT unnest(ARRAY[aggregate_id, root_id, event_id]) FROM outbox_dead
)
SELECT asked.id FROM unnest($1::uuid[]) AS asked (id)
WHERE asked.id IN (SELECT id FROM awaited WHERE id IS NOT NULL)
    OR asked.id::text IN (SELECT document_id FROM outbox_dead)"""


async def lasting(
    pool: Pool,
    differences: list[Difference],
    look_again: LookAgain,
    longest_wait_s: float = LONGEST_WAIT_S,
) -> list[Difference]:
    started, pause_s = time.monotonic(), FIRST_PAUSE_S
    while differences:
        await asyncio.sleep(pause_s)
        pause_s *= 2
        # Asked before the look: what is no longer on its way by then has arrived, and is seen.
        on_their_way = await pool.fetchval(_ON_THEIR_WAY, [difference.aggregate_id for difference in differences])
        differences = still_there(differences, await look_again(differences))
        waited_s = time.monotonic() - started
        if waited_s > longest_wait_s or (waited_s > PATIENCE_S and not on_their_way):
            break
    return differences


async def drifted(pool: Pool, differences: list[Difference], look_again: LookAgain) -> list[Difference]:
    """Of differences that lasted those that no change explains, not even one that arrives at this moment."""
    differences = await unaccounted(pool, differences)
    return still_there(differences, await look_again(differences)) if differences else []


async def unaccounted(pool: Pool, differences: list[Difference]) -> list[Difference]:
    """Without those of which something waits in the outbox, or is a dead letter: that is known, and shown elsewhere."""
    rows = await pool.fetch(_AWAITED, list({difference.aggregate_id for difference in differences}))
    awaited: set[UUID] = {row["id"] for row in rows}
    return [difference for difference in differences if difference.aggregate_id not in awaited]


def still_there(before: Iterable[Difference], now: Iterable[Difference]) -> list[Difference]:
    """What was written again in between is another document by now, however often it changes."""
    seen = set(map(_identity, before))
    return [difference for difference in now if _identity(difference) in seen]


def _identity(difference: Difference) -> tuple[str, str, str, int]:
    return difference.store, difference.projection, difference.document_id, difference.version
