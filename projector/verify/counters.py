from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable
from typing import cast

from projector.locks import Pool
from projector.projections.registry import AGGREGATE_TABLES, BUCKETS
from projector.sinks.redis import RedisSink

_BUCKETS = (
    f"SELECT {BUCKETS['ticket']} AS bucket, count(*) AS tickets FROM {AGGREGATE_TABLES['ticket']} AS t GROUP BY 1"
)


def counter_fields(bucket: str) -> tuple[str, str, str]:
    """The fields under which a ticket of the bucket counts; the Lua scripts do the same."""
    status, assignee, group = bucket.split(",")
    return f"all:-:{status}", f"assignee:{assignee}:{status}", f"group:{group}:{status}"


async def deviations(pool: Pool, sink: RedisSink) -> dict[str, int]:
    """Field -> by how much it must change. Changes on their way are among them."""
    held = await cast("Awaitable[dict[bytes, bytes]]", sink.redis.hgetall(sink.keys.counters))
    difference = Counter({field.decode(): -int(value) for field, value in held.items()})
    for row in await pool.fetch(_BUCKETS):
        for field in counter_fields(row["bucket"]):
            difference[field] += row["tickets"]
    return {field: amount for field, amount in difference.items() if amount}


async def correct(sink: RedisSink, amounts: dict[str, int]) -> None:
    """Adds, so that changes which arrive meanwhile keep counting."""
    async with sink.redis.pipeline(transaction=False) as pipe:
        for field, amount in amounts.items():
            pipe.hincrby(sink.keys.counters, field, amount)
        await pipe.execute()
