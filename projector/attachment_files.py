"""Throws away files that no attachment has any more, or that none came to have."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import structlog

from projector.locks import Pool
from runtime.files.store import FileStore
from write_api.persistence.unused_files import forget_files, unused_files

# Longer than an upload may take, so that none of these is still on its way.
UPLOAD_LIFE = timedelta(hours=1)
# The rest comes with the next look.
MOST_FILES = 5_000

log = structlog.get_logger(__name__)


async def sweep_files(pool: Pool, files: FileStore, older_than: timedelta = UPLOAD_LIFE) -> int:
    """Answers how many files are gone. The file before its row: what is interrupted in between is done again."""
    before, after, swept = datetime.now(timezone.utc) - older_than, "", 0
    # No transaction while the store is asked: freshness waits for those of the jobs.
    while swept < MOST_FILES and (keys := await unused_files(pool, before, after)):
        for key in keys:
            await files.delete(key)
        await forget_files(pool, keys)
        after, swept = keys[-1], swept + len(keys)
    if swept:
        log.info("attachment_files_swept", files=swept)
    return swept
