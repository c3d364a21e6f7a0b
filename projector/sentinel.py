"""From a commit until Elasticsearch finds it, measured by a row that goes the way of all others and shows nothing.

The sentinel is a ticket that never was: what is projected of it is a tombstone, one document that is written again and
again. Aliases hide tombstones, so nobody finds it, counts it or hears of it.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any
from uuid import UUID

import structlog

from projector import postgres_errors
from projector.locks import Pool
from projector.metrics import Metrics
from projector.projections.registry import SENTINEL
from projector.relay.claim import DRAWN_VERSION
from projector.sinks.elasticsearch import Elasticsearch, ElasticsearchRefused
from projector.sinks.redis import RedisSink, within
from read_models.tickets import TICKETS
from runtime.errors import StoreUnavailable
from write_api.persistence.outbox import LIVE_LANE, shard_of

log = structlog.get_logger(__name__)

# Of the year 1970: no ticket gets this id.
SENTINEL_ID = UUID("00000000-0000-7000-8000-000000000001")
LOOK_EVERY_S = 0.05
# Seen later than this is as bad as never; the last bucket of the histogram ends here.
LONGEST_WAIT_S = 30.0
SEARCH_TIMEOUT_S = 5.0

# What is projected of this row is newer than any version that was drawn before its commit.
_WRITE = f"""
INSERT INTO outbox (lane, shard, aggregate_type, aggregate_id, aggregate_version, event_type)
VALUES ({LIVE_LANE}, {shard_of(SENTINEL_ID)}, '{SENTINEL}', '{SENTINEL_ID}', 0, 'SentinelWritten')
RETURNING ({DRAWN_VERSION})"""
_LIVE_INDEX = "SELECT index_name FROM projection_targets WHERE projection = $1 AND state = 'live'"


class Sentinel:
    def __init__(
        self, pool: Pool, elasticsearch: Elasticsearch, redis: RedisSink, metrics: Metrics, interval_s: float
    ) -> None:
        self._pool = pool
        self._elasticsearch = elasticsearch
        self._redis = redis
        self._metrics = metrics
        self._interval_s = interval_s

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                if await self._is_my_turn():
                    await self.measure()
            except (StoreUnavailable, ElasticsearchRefused, *postgres_errors.ANY) as error:
                log.warning("sentinel_not_written", error=str(error))
            await asyncio.sleep(self._interval_s)

    async def measure(self) -> float:
        """Seconds from the commit of a new sentinel until a search finds it; at least so many if none does."""
        drawn: int = await self._pool.fetchval(_WRITE)
        committed_at = time.monotonic()
        # As a command does: without it the relay may not look before its next poll.
        await within(self._redis.redis.publish(self._redis.keys.wake, b""))
        while not await self._is_found(drawn):
            if time.monotonic() - committed_at > LONGEST_WAIT_S:
                log.warning("sentinel_not_found", after_s=LONGEST_WAIT_S)
                break
            await asyncio.sleep(LOOK_EVERY_S)
        seconds = time.monotonic() - committed_at
        self._metrics.commit_to_visible.observe(seconds)
        return seconds

    async def _is_found(self, drawn: int) -> bool:
        search: dict[str, Any] = {
            "version": True,
            "_source": False,
            "query": {"ids": {"values": [str(SENTINEL_ID)]}},
        }
        # Not by the alias, which hides it; after a rebuild it is another one.
        index = await self._pool.fetchval(_LIVE_INDEX, TICKETS.name)
        try:
            found = await self._elasticsearch.call("POST", f"/{index}/_search", search, timeout_s=SEARCH_TIMEOUT_S)
        except (StoreUnavailable, ElasticsearchRefused):
            # Not to be found is what is measured.
            return False
        return any(hit["_version"] > drawn for hit in found["hits"]["hits"])

    async def _is_my_turn(self) -> bool:
        """Several projectors share the sentinels between them."""
        return await self._redis.take_turn("sentinel", int(self._interval_s * 900))
