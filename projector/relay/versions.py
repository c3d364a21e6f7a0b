"""Draws the versions of documents, and notices when Postgres draws what it has drawn before.

So it is after a failover to a standby that had not heard of the last commits: until its sequence is above all that the
stores hold, every document it makes would lose as a conflict.
"""

from __future__ import annotations

import structlog

from projector.locks import Pool
from projector.relay.claim import next_version
from projector.sinks.elasticsearch import Elasticsearch
from projector.sinks.redis import RedisSink
from projector.verify.versions import raise_to, raise_versions

log = structlog.get_logger(__name__)


class Versions:
    def __init__(self, pool: Pool, elasticsearch: Elasticsearch, redis: RedisSink) -> None:
        self._pool = pool
        self._elasticsearch = elasticsearch
        self._redis = redis
        self._highest = 0

    async def next(self) -> int:
        # What was seen before asking: several workers draw at once, and are answered in any order.
        seen = self._highest
        version = await next_version(self._pool)
        if version <= seen:
            log.error("versions_went_back", drawn=version, before=seen)
            await raise_versions(self._pool, self._elasticsearch, self._redis)
            await raise_to(self._pool, seen)
            version = await next_version(self._pool)
        self._highest = max(self._highest, version)
        return version
