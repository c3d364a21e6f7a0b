"""What was written to an index since it was last looked at: Elasticsearch numbers every write of a shard.

A document whose bytes once fitted its digest still does until it has a new number, however it was written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from projector.sinks.elasticsearch import STORE, Elasticsearch, refusal
from projector.verify.content import is_own, sources
from runtime.errors import StoreUnavailable

PAGE = 500
TIMEOUT_S = 30.0
# Of `_mget`: few documents at first, then as many as have about this size together.
FIRST_GROUP = 16
GROUP_BYTES = 2_000_000
MOST_INTERVALS = 20


@dataclass
class Unproven:
    """Intervals (after, last] of sequence numbers whose documents were not looked at yet, oldest first."""

    seen: int = -1
    intervals: list[tuple[int, int]] = field(default_factory=list)

    def advance(self, to: int) -> None:
        if to <= self.seen:
            return
        if self.intervals and self.intervals[-1][1] == self.seen:
            self.intervals[-1] = (self.intervals[-1][0], to)
        else:
            self.intervals.append((self.seen, to))
        self.seen = to
        if len(self.intervals) > MOST_INTERVALS:
            (after, _), (_, last) = self.intervals[:2]
            self.intervals[:2] = [(after, last)]

    @property
    def newest(self) -> tuple[int, int] | None:
        return self.intervals[-1] if self.intervals else None

    def prove(self, down_to: int) -> None:
        """The newest interval was looked at from its end down to this number, which is not among it."""
        after, _ = self.intervals.pop()
        if down_to > after:
            self.intervals.append((after, down_to))


@dataclass(frozen=True)
class Shard:
    """Each counts its writes for itself."""

    index: str
    number: int

    @property
    def key(self) -> str:
        """The first one goes by the name of its index, as it did when there was no other."""
        return f"{self.index}/{self.number}" if self.number else self.index


async def processed(elasticsearch: Elasticsearch, indices: Sequence[str]) -> dict[Shard, int]:
    """The number up to which every copy has every write; after the refresh that follows they can all be searched.

    Raises StoreUnavailable where a shard has not started, as while Elasticsearch is starting.
    """
    names = ",".join(indices)
    answer = await elasticsearch.call(
        "GET", f"/{names}/_stats/docs?level=shards&filter_path=indices.*.shards.*.seq_no.global_checkpoint"
    )
    # A copy hears of it later than the primary, and never too early.
    done = {
        Shard(index, int(number)): max(copy["seq_no"]["global_checkpoint"] for copy in copies)
        for index, found in answer.get("indices", {}).items()
        for number, copies in found["shards"].items()
    }
    missing = set(indices) - {shard.index for shard in done}
    if missing:
        raise StoreUnavailable(STORE, f"no started shard of {', '.join(sorted(missing))}")
    # What is searched without one of its shards looks like documents that are lost.
    health = await elasticsearch.call("GET", f"/_cluster/health/{names}?level=indices&filter_path=indices.*.status")
    if red := sorted(name for name, index in health["indices"].items() if index["status"] == "red"):
        raise StoreUnavailable(STORE, f"not all shards of {', '.join(red)} have started")
    await elasticsearch.call("POST", f"/{names}/_refresh")
    return done


@dataclass(frozen=True)
class Page:
    ids: list[str]
    # The page covers its interval down to this number.
    down_to: int
    highest_version: int


async def newest_page(elasticsearch: Elasticsearch, shard: Shard, after: int, last: int) -> Page:
    """The newest documents of the interval."""
    search: dict[str, Any] = {
        "size": PAGE,
        "_source": False,
        "version": True,
        "track_total_hits": False,
        "query": {"bool": {"filter": [{"range": {"_seq_no": {"gt": after, "lte": last}}}]}},
        "sort": [{"_seq_no": "desc"}],
    }
    path = f"/{shard.index}/_search?preference=_shards:{shard.number}"
    answer = await elasticsearch.call("POST", path, search, timeout_s=TIMEOUT_S)
    hits = answer["hits"]["hits"]
    down_to = after if len(hits) < PAGE else hits[-1]["sort"][0] - 1
    return Page([hit["_id"] for hit in hits], down_to, max((hit["_version"] for hit in hits), default=0))


async def forged(elasticsearch: Elasticsearch, index: str, key: Sequence[str], ids: Sequence[str]) -> list[str]:
    """Those of the documents that are not what they say they are."""
    found: list[str] = []
    start, count = 0, FIRST_GROUP
    while start < len(ids):
        group = ids[start : start + count]
        status, answer = await elasticsearch.send(
            "POST", f"/{index}/_mget", orjson.dumps({"ids": group}), timeout_s=TIMEOUT_S
        )
        if status != 200:
            raise refusal(status, answer)
        found += [document["_id"] for document, source in sources(answer) if not is_own(document, source, key)]
        start += len(group)
        count = max(1, GROUP_BYTES * len(group) // max(1, len(answer)))
    return found
