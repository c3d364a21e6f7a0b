"""Files in the store that no attachment has: of uploads that broke off, and of what was deleted or never attached."""

from __future__ import annotations

from datetime import datetime

from write_api.persistence.unit_of_work import Pool

FILES_AT_ONCE = 200

_UNUSED = """
SELECT storage_key FROM attachment_files AS file
WHERE created_at < $1 AND storage_key > $2
    AND NOT EXISTS (SELECT FROM attachments WHERE attachments.storage_key = file.storage_key)
ORDER BY storage_key LIMIT $3"""
# Once more: where an attachment came to have it after all, its row stays.
_FORGET = """
DELETE FROM attachment_files AS file WHERE storage_key = ANY($1::text[])
    AND NOT EXISTS (SELECT FROM attachments WHERE attachments.storage_key = file.storage_key)"""


async def unused_files(pool: Pool, before: datetime, after: str = "") -> list[str]:
    """Some of those expected before then, in the order of their keys."""
    return [row["storage_key"] for row in await pool.fetch(_UNUSED, before, after, FILES_AT_ONCE)]


async def forget_files(pool: Pool, storage_keys: list[str]) -> None:
    """After they are gone."""
    await pool.execute(_FORGET, storage_keys)
