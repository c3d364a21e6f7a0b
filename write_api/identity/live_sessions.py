from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import RedisError

from runtime.credential_keys import ENDED, LIVE, CredentialKeys, digest_of
from runtime.settings import Settings
from runtime.tokens import LEEWAY_S

log = structlog.get_logger(__name__)


class LiveSessions:
    """Tells the query API, which never asks Postgres, whose access tokens count.

    After the commit, which is what counts here. Where Redis cannot be told, the projector tells it of an end a moment
    later, and the client that is refused refreshes, which tells it of a beginning.
    """

    def __init__(self, redis: Redis, settings: Settings) -> None:
        self._redis = redis
        self._keys = CredentialKeys(settings.namespace)
        self._ttl_s = settings.access_token_ttl_s + LEEWAY_S

    async def begin(self, session_id: UUID) -> None:
        """Also for one that was refreshed. One that has ended meanwhile stays ended."""
        key = self._key(session_id)
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.set(key, LIVE, ex=self._ttl_s, nx=True)
        pipeline.expire(key, self._ttl_s)
        await self._tell(pipeline, "begun", 1)

    async def end(self, session_ids: Collection[UUID]) -> None:
        if not session_ids:
            return
        pipeline = self._redis.pipeline(transaction=False)
        for session_id in session_ids:
            # Removed first: a Redis that is full takes nothing new, but lets go.
            pipeline.delete(self._key(session_id))
            pipeline.set(self._key(session_id), ENDED, ex=self._ttl_s)
        await self._tell(pipeline, "ended", len(session_ids))

    def _key(self, session_id: UUID) -> str:
        return self._keys.session(digest_of(str(session_id)))

    async def _tell(self, pipeline: Pipeline, what: str, count: int) -> None:
        try:
            await pipeline.execute()
        except (RedisError, OSError) as error:
            log.warning("sessions_not_told", what=what, count=count, reason=str(error))
