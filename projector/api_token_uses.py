"""When API tokens were last used, from Redis, where every process notes it, to Postgres, where people look."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime, timezone
from typing import cast
from uuid import UUID

from redis.asyncio import Redis

from projector.locks import Pool
from projector.sinks.redis import within
from runtime.credential_keys import CredentialKeys
from write_api.persistence.api_tokens import note_uses


async def write_down_uses(pool: Pool, redis: Redis, keys: CredentialKeys) -> int:
    """Answers how many. What is being written is apart, so that after a crash it is written again, and not lost."""
    if not await within(redis.exists(keys.api_token_uses_taken)):
        if not await within(redis.exists(keys.api_token_uses)):
            return 0
        await within(redis.rename(keys.api_token_uses, keys.api_token_uses_taken))
    taken = cast("Awaitable[dict[bytes, bytes]]", redis.hgetall(keys.api_token_uses_taken))
    uses = {
        UUID(token_id.decode()): datetime.fromtimestamp(int(at_s), timezone.utc)
        for token_id, at_s in (await within(taken)).items()
    }
    await note_uses(pool, uses)
    await within(redis.delete(keys.api_token_uses_taken))
    return len(uses)
