"""Keeps what Redis says of who is signed in as Postgres has it.

Whoever begins or ends a session or an API token tells Redis at once. What could not be told then, because Redis was
away or because the process was killed after its commit, is told from here a moment later; and everything, where Redis
was started anew. Every command API and every projector keeps it so: one of them is enough.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Iterable
from datetime import timedelta
from typing import Any, TypeAlias, cast
from uuid import UUID

import asyncpg
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from runtime.credential_keys import ENDED, LIVE, CredentialKeys, api_token_record, digest_of
from runtime.errors import StoreUnavailable
from runtime.settings import Settings
from runtime.tokens import LEEWAY_S
from write_api.persistence.failures import TransientConflict, translated

log = structlog.get_logger(__name__)

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

# Whoever is signed out is out everywhere within 5 s, even if Redis was not told by whoever signed them out.
INTERVAL_S = 1.0
KEYS_PER_CALL = 1_000
# Of a process that was paused in between: what it read may have ended since.
TOO_LATE_S = 60.0

# Access tokens are made when a session is used: one that was not used for longer has none that is good.
_RECENT_SESSIONS = """
SELECT id, revoked_at IS NOT NULL OR expires_at <= now() AS ended
FROM sessions WHERE last_used_at > now() - $1::interval
"""
_ENDED_SESSIONS = "SELECT id FROM sessions WHERE revoked_at > now() - $1::interval"
_API_TOKENS = """
SELECT id, user_id, scopes, token_hash, expires_at, revoked_at IS NULL AND expires_at > now() AS live FROM api_tokens
"""
_CHANGED_API_TOKENS = f"""
{_API_TOKENS} WHERE updated_at > now() - $1::interval OR expires_at BETWEEN now() - $1::interval AND now()
"""
_LIVE_API_TOKENS = f"{_API_TOKENS} WHERE revoked_at IS NULL AND expires_at > now()"

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
            except (RedisError, OSError, StoreUnavailable, TransientConflict) as error:
                log.warning("credentials_not_compared", reason=str(error))
            except Exception:
                # Such as a column that the migration has yet to bring: it is looked at again.
                log.exception("credentials_comparison_failed")
            await asyncio.sleep(INTERVAL_S)

    async def look(self) -> None:
        server_id = str((await self._redis.info("server"))["run_id"])
        if await self._redis.get(self._keys.vouched_for) == server_id.encode():
            await self._tell_changes()
        else:
            await self._vouch(server_id)

    async def _vouch(self, server_id: str) -> None:
        name = secrets.token_hex(8)
        await self._redis.set(self._keys.vouching, name)
        # After the name is there: what ends from now on is told by whoever ends it, and here not made live again.
        read_at = time.monotonic()
        sessions = await self._fetch(_RECENT_SESSIONS, self._window)
        api_tokens = await self._fetch(_LIVE_API_TOKENS)
        ended = {row["id"] for row in sessions if row["ended"]}
        await self._tell_sessions(ended, ENDED, read_at)
        await self._tell_sessions([row["id"] for row in sessions if not row["ended"]], LIVE, read_at)
        await self._replace_api_tokens(api_tokens, name, read_at)
        # Of API tokens also what began or ended between the reading and the telling.
        await self._tell_changes()
        keys = (self._keys.vouched_for, self._keys.vouching)
        vouched = self._redis.eval(_VOUCH, len(keys), *keys, name, server_id)
        if await cast("Awaitable[Any]", vouched):
            log.info("credentials_put_back", sessions=len(sessions) - len(ended), api_tokens=len(api_tokens))

    async def _replace_api_tokens(self, rows: list[asyncpg.Record], name: str, read_at: float) -> None:
        """Together with those that Postgres does not know; without a moment in which there are none."""
        if not rows:
            await self._redis.delete(self._keys.api_tokens)
            return
        beside = f"{self._keys.api_tokens}:{name}"
        await self._tell_api_tokens(rows, read_at, beside)
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.rename(beside, self._keys.api_tokens)
        pipeline.persist(self._keys.api_tokens)
        await self._run(pipeline, read_at)

    async def _tell_changes(self) -> None:
        read_at = time.monotonic()
        ended = {row["id"] for row in await self._fetch(_ENDED_SESSIONS, self._window)}
        changed = await self._fetch(_CHANGED_API_TOKENS, self._window)
        await self._tell_sessions(ended - self._told, ENDED, read_at)
        self._told = ended
        await self._tell_api_tokens(changed, read_at)

    async def _fetch(self, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        with translated():
            return await self._pool.fetch(sql, *arguments)

    async def _tell_sessions(self, session_ids: Iterable[UUID], said: bytes, read_at: float) -> None:
        keys = [self._keys.session(digest_of(str(session_id))) for session_id in session_ids]
        for start in range(0, len(keys), KEYS_PER_CALL):
            pipeline = self._redis.pipeline(transaction=False)
            for key in keys[start : start + KEYS_PER_CALL]:
                pipeline.set(key, said, ex=self._ttl_s, nx=said == LIVE)
            await self._run(pipeline, read_at)

    async def _tell_api_tokens(self, rows: list[asyncpg.Record], read_at: float, beside: str = "") -> None:
        key = beside or self._keys.api_tokens
        for start in range(0, len(rows), KEYS_PER_CALL):
            pipeline = self._redis.pipeline(transaction=False)
            for row in rows[start : start + KEYS_PER_CALL]:
                digest = row["token_hash"].hex()
                if row["live"]:
                    record = api_token_record(row["id"], row["user_id"], row["scopes"], row["expires_at"])
                    pipeline.hset(key, digest, record)
                else:
                    pipeline.hdel(key, digest)
            if beside:
                # Nobody comes back for it if this process is killed.
                pipeline.expire(beside, int(TOO_LATE_S))
            await self._run(pipeline, read_at)

    async def _run(self, pipeline: Any, read_at: float) -> None:
        if time.monotonic() - read_at > TOO_LATE_S:
            raise StoreUnavailable("postgres", "what was read of credentials is too old")
        await pipeline.execute()
