"""Whether the versions in the stores are ahead of what Postgres will draw next, and putting that right.

So it is after Postgres was restored from an older backup: each new document would lose as a conflict, silently.
"""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from projector.locks import Pool
from projector.relay.claim import DRAWN_VERSION
from projector.sinks.elasticsearch import Elasticsearch
from projector.sinks.redis import RedisSink, within
from projector.targets import current_targets

# Over the highest that is known: of documents deleted for good Elasticsearch no longer tells the version.
MARGIN = 10_000
_LEAP = f"SELECT setval('projection_version', nextval('projection_version') + {MARGIN})"
# Elasticsearch adds and compares in floating point; what is above was written by no projector.
HIGHEST = 2**52
_RAISE = f"""
SELECT setval('projection_version', $1) FROM projection_version
WHERE ({DRAWN_VERSION}) < $1"""


@dataclass(frozen=True)
class Ahead:
    store: str
    version: int
    # The last one that Postgres has drawn.
    drawn: int


async def drawn_version(pool: Pool) -> int:
    version: int = await pool.fetchval(DRAWN_VERSION)
    return version


async def ahead_in_elasticsearch(pool: Pool, elasticsearch: Elasticsearch) -> Ahead | None:
    """Looks at the version of every document: columns of numbers, without any document."""
    indices = [target.index_name for target in await current_targets(pool) if target.state != "retired"]
    if not indices:
        return None
    search = {"size": 0, "track_total_hits": False, "aggs": {"highest": {"max": {"field": "_version"}}}}
    answer = await elasticsearch.call("POST", f"/{','.join(indices)}/_search?ignore_unavailable=true", search)
    highest = answer["aggregations"]["highest"]["value"]
    # Asked after the documents, each of which got its version before.
    return _ahead("elasticsearch", 0 if highest is None else int(highest), await drawn_version(pool))


async def ahead_in_redis(pool: Pool, redis: RedisSink) -> Ahead | None:
    """By the highest version that any projector saw drawn, which is published with every sign of life."""
    published = await within(redis.redis.get(redis.keys.freshness))
    highest = 0 if published is None else orjson.loads(published).get("projection_version", 0)
    return _ahead("redis", highest, await drawn_version(pool))


def _ahead(store: str, highest: int, drawn: int) -> Ahead | None:
    return Ahead(store, highest, drawn) if highest > drawn else None


async def raise_versions(pool: Pool, elasticsearch: Elasticsearch, redis: RedisSink) -> Ahead | None:
    """The furthest that a store was ahead; what is written from now on wins."""
    found = [await ahead_in_elasticsearch(pool, elasticsearch), await ahead_in_redis(pool, redis)]
    ahead = max((one for one in found if one is not None), key=lambda one: one.version, default=None)
    if ahead is not None:
        await raise_to(pool, ahead.version)
        await redis.forget_who_may_what()
    return ahead


async def leap(pool: Pool) -> None:
    """Where a document was deleted past the projector, Elasticsearch knows a higher version and does not tell it."""
    await pool.execute(_LEAP)


async def raise_to(pool: Pool, version: int) -> None:
    """Only where it is behind: two who draw at this moment must not get the same."""
    await pool.execute(_RAISE, min(version, HIGHEST) + MARGIN)
