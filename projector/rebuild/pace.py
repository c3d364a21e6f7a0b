"""How fast a rebuild may go: not at all while it is paused, and slower while live changes wait."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime

import orjson
import structlog

from projector import postgres_errors
from projector.locks import Pool
from projector.relay.claim import LIVE_LANE
from projector.sinks.redis import RedisSink, within
from runtime.errors import StoreUnavailable
from runtime.tasks import cancel_all
from write_api.persistence.outbox import SHARDS

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 1.0
# The rate is that of as many seconds.
RATE_LOOKS = 10
# Live changes are usually on their way within a fraction of this.
LAG_LIMIT_S = 1.0
SMALLEST_SHARE = 1 / 32
REDIS_TIMEOUT_S = 1.0
# A projector that has said nothing for so long drains nothing: then going slowly would help nobody.
RELAY_SILENCE_S = 10.0

# The head of each shard: as cheap with a million rows waiting as with one.
_OLDEST_LIVE = f"""
SELECT EXTRACT(epoch FROM clock_timestamp() - min(oldest.created_at))::float8
FROM generate_series(0, {SHARDS - 1}) AS shards (shard)
CROSS JOIN LATERAL (
    SELECT created_at FROM pending_changes
    WHERE shard = shards.shard AND lane = {LIVE_LANE} AND next_at <= now() ORDER BY id LIMIT 1
) AS oldest"""
_PULSE = """
UPDATE rebuild_progress
SET updated_at = clock_timestamp(), slowed = $2, rate = CASE WHEN paused_at IS NULL THEN $3::float8 END
WHERE projection = $1 RETURNING paused_at IS NOT NULL"""

LiveLag = Callable[[], Awaitable[float]]


class Pace:
    """Ranges take turns through it. While `watched`, it looks around once a second and says so in the table."""

    def __init__(self, pool: Pool, projection: str, live_lag_s: LiveLag, look_every_s: float = LOOK_EVERY_S) -> None:
        self._pool = pool
        self._projection = projection
        self._live_lag_s = live_lag_s
        self._look_every_s = look_every_s
        # Of its full speed.
        self.share = 1.0
        self.is_paused = False
        self._looked = asyncio.Event()
        self._done = 0
        self._seen: deque[tuple[float, int]] = deque(maxlen=RATE_LOOKS)

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        await self.look()
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            await cancel_all([watching])

    async def turn(self, took_s: float = 0.0) -> None:
        """Waits while it is paused, and after work that took so long as its share asks for, until the share grows."""
        began = time.monotonic()
        while self.is_paused or time.monotonic() - began < took_s * (1 / self.share - 1):
            wait_s = None if self.is_paused else began + took_s * (1 / self.share - 1) - time.monotonic()
            try:
                await asyncio.wait_for(self._looked.wait(), wait_s)
            except asyncio.TimeoutError:
                continue

    def count(self, documents: int) -> None:
        self._done += documents

    async def look(self) -> None:
        self.adapt(await self._live_lag_s())
        self._seen.append((time.monotonic(), self._done))
        paused = await self._pool.fetchval(_PULSE, self._projection, self.share < 1.0, self._rate())
        self.is_paused = bool(paused)
        if self.is_paused:
            self._seen.clear()
        looked, self._looked = self._looked, asyncio.Event()
        looked.set()

    def adapt(self, lag_s: float) -> None:
        """Down by half, up by a quarter: what is live has the first claim."""
        if lag_s > LAG_LIMIT_S:
            self.share = max(SMALLEST_SHARE, self.share / 2)
        else:
            self.share = min(1.0, self.share * 1.25)

    def _rate(self) -> float | None:
        (began, before), (now, done) = self._seen[0], self._seen[-1]
        return (done - before) / (now - began) if done > before else None

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._look_every_s)
            try:
                await self.look()
            except postgres_errors.ANY as error:
                log.warning("rebuild_not_watched", error=str(error))


def live_lag(pool: Pool, redis: RedisSink) -> LiveLag:
    async def lag_s() -> float:
        oldest_s = await pool.fetchval(_OLDEST_LIVE)
        return oldest_s if oldest_s and await _is_relayed(redis) else 0.0

    return lag_s


async def _is_relayed(redis: RedisSink) -> bool:
    try:
        published = await within(redis.redis.get(redis.keys.freshness), REDIS_TIMEOUT_S)
    except StoreUnavailable:
        return True
    if published is None:
        return False
    published_at = datetime.fromisoformat(orjson.loads(published)["published_at"])
    return time.time() - published_at.timestamp() < RELAY_SILENCE_S
