from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import RedisError

from domain.identity.api_token import ApiToken
from runtime.credential_keys import ENDED, LIVE, CredentialKeys, api_token_record, digest_of
from runtime.settings import Settings
from runtime.tokens import LEEWAY_S

log = structlog.get_logger(__name__)


class LiveCredentials:
    """Tells the query API, which never asks Postgres, which sessions and API tokens count.

    After the commit, which is what counts here. Where Redis cannot be told, CredentialKeeper tells it a moment later;
    and the client of a session that is refused refreshes, which tells it, too.
    """

    def __init__(self, redis: Redis, settings: Settings) -> None:
        self._redis = redis
        self._keys = CredentialKeys(settings.namespace)
        self._ttl_s = settings.access_token_ttl_s + LEEWAY_S

    async def begin_session(self, session_id: UUID) -> None:
        """Also for one that was refreshed. One that has ended meanwhile stays ended."""
        key = self._session(session_id)
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.set(key, LIVE, ex=self._ttl_s, nx=True)
        pipeline.expire(key, self._ttl_s)
        await self._tell(pipeline, sessions_begun=1)

    async def begin_api_token(self, token: ApiToken) -> None:
        scopes = [scope.value for scope in token.scopes]
        record = api_token_record(token.id, token.user_id, scopes, token.expires_at)
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.hset(self._keys.api_tokens, token.token_hash.hex(), record)
        await self._tell(pipeline, api_tokens_begun=1)

    async def end(self, session_ids: Collection[UUID] = (), api_tokens: Collection[ApiToken] = ()) -> None:
        if not session_ids and not api_tokens:
            return
        pipeline = self._redis.pipeline(transaction=False)
        for session_id in session_ids:
            # Removed first: a Redis that is full takes nothing new, but lets go.
            pipeline.delete(self._session(session_id))
            pipeline.set(self._session(session_id), ENDED, ex=self._ttl_s)
        for token in api_tokens:
            pipeline.hdel(self._keys.api_tokens, token.token_hash.hex())
        await self._tell(pipeline, sessions_ended=len(session_ids), api_tokens_ended=len(api_tokens))

    def _session(self, session_id: UUID) -> str:
        return self._keys.session(digest_of(str(session_id)))

    async def _tell(self, pipeline: Pipeline, **what: int) -> None:
        try:
            await pipeline.execute()
        except (RedisError, OSError) as error:
            log.warning("credentials_not_told", reason=str(error), **what)
