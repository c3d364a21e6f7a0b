from __future__ import annotations

from datetime import datetime

from write_api.persistence.unit_of_work import Pool, UnitOfWorkFactory


async def publish_due(pool: Pool, now: datetime, limit: int = 100) -> int:
    """Publishes the texts that were planned for `now` or before, of at most `limit` documents; answers how many."""
    published = 0
    async with UnitOfWorkFactory(pool)() as unit:
        for document_id in await unit.documents.due_ids(now, limit):
            document = await unit.documents.get(document_id)
            published += len(document.publish_due(now))
            await unit.documents.save(document)
        await unit.commit()
    return published
