"""Tells the query API, which has no Postgres, which documents could not be projected."""

from __future__ import annotations

import time
from datetime import datetime, timezone

import orjson

from projector.locks import Pool
from projector.sinks.redis import RedisSink, within

# What an operator can read; `projector dead list` has all of them, whole.
MOST_LETTERS = 200
LONGEST_REASON = 500
# Also where nothing has changed: Redis may have lost it.
RENEW_EVERY_S = 5.0

# To stand in a statement that asks for more: another text after every change of the letters.
STATE = "(SELECT concat_ws(' ', count(*), max(id), max(failed_at)) FROM outbox_dead)"
_NEWEST = f"""
SELECT id, projection, document_id, aggregate_type, aggregate_id::text AS aggregate_id, root_id::text AS root_id,
    event_type, attempts, left(reason, {LONGEST_REASON}) AS reason, first_failed_at, failed_at,
    count(*) OVER () AS total
FROM outbox_dead ORDER BY failed_at DESC, id DESC LIMIT {MOST_LETTERS}"""


class PublishedLetters:
    def __init__(self, pool: Pool, redis: RedisSink) -> None:
        self._pool = pool
        self._redis = redis
        self._state = ""
        self._published_at = float("-inf")

    async def publish(self, state: str) -> None:
        """`state` is what STATE said: the letters are read only when they are others, or it is time."""
        if state == self._state and time.monotonic() - self._published_at < RENEW_EVERY_S:
            return
        rows = [dict(row) for row in await self._pool.fetch(_NEWEST)]
        total = rows[0]["total"] if rows else 0
        letters = [{name: value for name, value in row.items() if name != "total"} for row in rows]
        body = {"published_at": datetime.now(timezone.utc), "total": total, "letters": letters}
        await within(self._redis.redis.set(self._redis.keys.dead_letters, orjson.dumps(body)))
        self._state, self._published_at = state, time.monotonic()
