from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from runtime.settings import Settings
from runtime.tokens import LEEWAY_S

log = structlog.get_logger(__name__)


class EndedSessions:
    """Tells the query API, which never asks Postgres, whose access tokens no longer count."""

    def __init__(self, redis: Redis, settings: Settings) -> None:
        self._redis = redis
        self._prefix = f"{settings.namespace}:revoked-session"
        self._ttl_s = settings.access_token_ttl_s + LEEWAY_S

    async def announce(self, session_ids: Collection[UUID]) -> None:
        """After the commit, which is what counts: commands are refused from then on, even if this cannot be said."""
        if not session_ids:
            return
        try:
            async with self._redis.pipeline(transaction=False) as pipeline:
                for session_id in session_ids:
                    pipeline.set(f"{self._prefix}:{session_id}", b"1", ex=self._ttl_s)
                await pipeline.execute()
        except (RedisError, OSError) as error:
            log.warning("ended_sessions_not_announced", count=len(session_ids), reason=str(error), ttl_s=self._ttl_s)
