"""Dead letters: documents that could not be projected, why, and trying them again."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from projector.locks import Pool
from projector.projections.registry import PROJECTIONS
from projector.relay.enqueue import enqueue

_LIST = """
SELECT id, projection, document_id, aggregate_type, aggregate_id::text AS aggregate_id, aggregate_version,
    event_id::text AS event_id, event_type, attempts, reason, first_failed_at, failed_at
FROM outbox_dead ORDER BY id"""


async def dead_letters(pool: Pool) -> list[dict[str, Any]]:
    return [dict(row) for row in await pool.fetch(_LIST)]


async def replay(pool: Pool, letter_id: int | None = None) -> int:
    """Of one letter, or of all. A letter stays until its document was projected; answers how many are tried again."""
    wanted: dict[str, set[UUID]] = defaultdict(set)
    letters = [letter for letter in await dead_letters(pool) if letter_id in (None, letter["id"])]
    for letter in letters:
        if PROJECTIONS[letter["projection"]].by_event:
            wanted["event"].add(UUID(letter["document_id"]))
        else:
            wanted[letter["aggregate_type"]].add(UUID(letter["aggregate_id"]))
    for aggregate_type, ids in wanted.items():
        await enqueue(pool, aggregate_type, ids, "Replay")
    return len(letters)
