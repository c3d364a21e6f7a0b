"""Keeps what Redis says of who is signed in as Postgres has it.

The command API tells Redis at once when a session begins or ends. What it could not tell, because Redis was away or it
was killed after its commit, is told from here a moment later; and where Redis was started anew, all of it.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Iterable
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import structlog
from redis.asyncio import Redis

from projector import postgres_errors
from projector.locks import Pool
from projector.sinks.redis import within
from runtime.credential_keys import ENDED, LIVE, CredentialKeys, digest_of
from runtime.errors import StoreUnavailable
from runtime.settings import Settings
from runtime.tokens import LEEWAY_S

log = structlog.get_logger(__name__)

# Whoever is signed out is out everywhere within 5 s, even if Redis was not told by whoever signed them out.
INTERVAL_S = 1.0
REDIS_TIMEOUT_S = 2.0
KEYS_PER_CALL = 1_000

# Access tokens are made when a session is used: one that was not used for longer has none that is good.
_RECENT = """
SELECT id, revoked_at IS NOT NULL OR expires_at <= now() AS ended
FROM sessions WHERE last_used_at > now() - $1::interval
"""
_ENDED = "SELECT id FROM sessions WHERE revoked_at > now() - $1::interval"

# KEYS: who vouches, the name of the comparison. ARGV: name, the server's id. Answers 0 where Redis was emptied, or
# somebody else began, since the comparison was given its name.
_VOUCH = """
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
redis.call('DEL', KEYS[2])
return 1
"""


class CredentialKeeper:
    def __init__(self, pool: Pool, redis: Redis, settings: Settings) -> None:
        self._pool = pool
        self._redis = redis
        self._keys = CredentialKeys(settings.namespace)
        self._ttl_s = settings.access_token_ttl_s + LEEWAY_S
        self._window = timedelta(seconds=self._ttl_s)
        self._told: set[UUID] = set()

    async def keep(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.look()
            except (StoreUnavailable, *postgres_errors.ANY) as error:
                log.warning("credentials_not_compared", error=str(error))
            await asyncio.sleep(INTERVAL_S)

    async def look(self) -> None:
        information = await within(self._redis.info("server"), REDIS_TIMEOUT_S)
        server_id = str(information["run_id"])
        if await within(self._redis.get(self._keys.vouched_for), REDIS_TIMEOUT_S) == server_id.encode():
            await self._tell_ended()
        else:
            await self._vouch(server_id)

    async def _vouch(self, server_id: str) -> None:
        name = secrets.token_hex(8)
        await within(self._redis.set(self._keys.vouching, name), REDIS_TIMEOUT_S)
        # After the name is there: what ends from now on is told by whoever ends it, and here not made live again.
        rows = await self._pool.fetch(_RECENT, self._window)
        ended = {row["id"] for row in rows if row["ended"]}
        await self._tell(ended, ended=True)
        await self._tell([row["id"] for row in rows if not row["ended"]], ended=False)
        keys = (self._keys.vouched_for, self._keys.vouching)
        vouched = self._redis.eval(_VOUCH, len(keys), *keys, name, server_id)
        if await within(cast("Awaitable[Any]", vouched), REDIS_TIMEOUT_S):
            self._told = ended
            log.info("sessions_put_back", live=len(rows) - len(ended), ended=len(ended))

    async def _tell_ended(self) -> None:
        ended = {row["id"] for row in await self._pool.fetch(_ENDED, self._window)}
        await self._tell(ended - self._told, ended=True)
        self._told = ended

    async def _tell(self, session_ids: Iterable[UUID], *, ended: bool) -> None:
        keys = [self._keys.session(digest_of(str(session_id))) for session_id in session_ids]
        for start in range(0, len(keys), KEYS_PER_CALL):
            pipeline = self._redis.pipeline(transaction=False)
            for key in keys[start : start + KEYS_PER_CALL]:
                if ended:
                    pipeline.set(key, ENDED, ex=self._ttl_s)
                else:
                    pipeline.set(key, LIVE, ex=self._ttl_s, nx=True)
            await within(pipeline.execute(), REDIS_TIMEOUT_S)
