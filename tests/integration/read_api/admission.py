"""Lets people in: what the write side tells Redis of sessions and rights."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from redis.asyncio import Redis

from runtime.access import AccessKeys, access_record
from runtime.credential_keys import ENDED, LIVE, CredentialKeys, digest_of

SESSION_TTL_S = 3_600


def session_of(user: Mapping[str, Any]) -> uuid.UUID:
    return uuid.uuid5(uuid.UUID(user["id"]), "session")


class Admission:
    def __init__(self, redis: Redis, namespace: str) -> None:
        self.redis = redis
        self.namespace = namespace
        self.credentials = CredentialKeys(namespace)
        self.access_keys = AccessKeys(namespace)

    async def seal(self) -> None:
        """All access records are there, as the write side would say."""
        server = await self.redis.info("server")
        await self.redis.set(self.access_keys.seal, server["run_id"])

    async def vouch(self) -> None:
        """What this Redis says of sessions counts, as after a comparison with Postgres."""
        server = await self.redis.info("server")
        await self.redis.set(self.credentials.vouched_for, server["run_id"])

    async def begin_session(self, session_id: uuid.UUID) -> None:
        await self.redis.set(self.credentials.session(digest_of(str(session_id))), LIVE, ex=SESSION_TTL_S)

    async def end_session(self, session_id: uuid.UUID) -> None:
        await self.redis.set(self.credentials.session(digest_of(str(session_id))), ENDED, ex=SESSION_TTL_S)

    async def allow(self, kind: str, source: Mapping[str, Any], **changes: Any) -> None:
        """The access record, as the command API writes it: the projector need not know of it yet."""
        record = access_record(kind, source["id"], {**source, **changes})
        hash_key = self.access_keys.records(kind)
        await self.redis.execute_command("HSET", hash_key, record.id, record.text)  # type: ignore[no-untyped-call]
