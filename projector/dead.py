"""Dead letters: documents that could not be projected, why, and trying them again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from projector.locks import Pool
from projector.postgres_errors import UNREADABLE
from projector.projections.registry import PROJECTIONS
from write_api.persistence.operations import replay_letters

_LIST = """
SELECT id, projection, document_id, aggregate_type, aggregate_id::text AS aggregate_id, aggregate_version,
    event_id::text AS event_id, event_type, attempts, reason, first_failed_at, failed_at
FROM outbox_dead ORDER BY id"""
# Of a document as it would be sent now.
LONGEST_BEGINNING = 500


async def dead_letters(pool: Pool) -> list[dict[str, Any]]:
    return [dict(row) for row in await pool.fetch(_LIST)]


async def dead_letter(pool: Pool, letter_id: int) -> dict[str, Any] | None:
    """With what it was about: how large the document is as Postgres holds it now, and how it begins."""
    letter = next((letter for letter in await dead_letters(pool) if letter["id"] == letter_id), None)
    if letter is None:
        return None
    projection = PROJECTIONS[letter["projection"]]
    asked_id = UUID(letter["document_id"] if projection.by_event else letter["aggregate_id"])
    try:
        rows = await pool.fetch(projection.source_sql, [asked_id], False)
    except UNREADABLE as error:
        return {**letter, "unreadable": str(error)}
    source = next((row["source"] for row in rows if row["document_id"] == letter["document_id"]), None)
    if source is None:
        return {**letter, "size_bytes": 0, "document": None}
    beginning = source[:LONGEST_BEGINNING].decode(errors="ignore")
    return {**letter, "size_bytes": len(source), "document": beginning}


async def replay(pool: Pool, letter_id: int | None = None) -> int:
    """Of one letter, or of all. A letter stays until its document was projected; answers how many are tried again."""
    letter_ids = [letter["id"] for letter in await dead_letters(pool) if letter_id in (None, letter["id"])]
    await replay_letters(pool, letter_ids)
    return len(letter_ids)
