"""One index against Postgres, range of ids by range of ids; documents only where a range differs.

By versions: number and versions of documents, which Postgres knows without building any. Finds what is missing, too
much, or older. By digests: their contents, which Postgres has to build to know.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from projector.locks import Pool
from projector.projections.projection import Projection
from projector.sinks.elasticsearch import Elasticsearch
from projector.verify.content import DigestSum
from projector.verify.difference import Difference
from projector.verify.elasticsearch import TIMEOUT_S, aggregate_of, differences_of, in_range, listed_digests, summed

# Small, because knowledge documents have one document per locale.
DIGEST_IDS = 500
VERSION_IDS = 10_000
# Where a range differs by versions, its parts are looked at before its documents.
PART_IDS = 500
NO_ID = UUID(int=0)
LAST_ID = UUID(int=2**128 - 1)


@dataclass
class Looked:
    """`next` is where the following range begins; None after the last one."""

    next: UUID | None
    checked: int = 0
    # Documents that the index has in this range.
    held: int = 0
    differences: list[Difference] = field(default_factory=list)
    # Several documents have one id, so that only going through all of them tells which.
    has_strays: bool = False


class Ranges:
    def __init__(self, pool: Pool, elasticsearch: Elasticsearch, projection: Projection, index: str) -> None:
        self._pool = pool
        self._elasticsearch = elasticsearch
        self._projection = projection
        self._index = index

    async def by_digests(self, after: UUID, size: int = DIGEST_IDS) -> Looked:
        ids = await self._ids(after, LAST_ID, size)
        last_id = ids[-1] if len(ids) == size else None
        held = await summed(self._elasticsearch, self._index, after, last_id)
        looked = Looked(last_id, len(ids), held.count)
        if held != await self._digests(ids):
            await self._by_documents(looked, ids, after, last_id)
        return looked

    async def by_versions(self, after: UUID, size: int = VERSION_IDS) -> Looked:
        last_id = await self._pool.fetchval(self._projection.end_sql, after, size)
        held, wanted = await self._versions_held(after, last_id), await self._versions(after, last_id)
        looked = Looked(last_id, wanted[0], held[0])
        if held != wanted:
            if size > PART_IDS:
                await self._by_parts(looked, after, last_id)
            else:
                await self._by_documents(looked, await self._ids(after, last_id or LAST_ID, size), after, last_id)
        return looked

    async def compare(self, ids: Sequence[UUID], also: Iterable[str]) -> list[Difference]:
        """By content, for these aggregates (or events) and whatever documents the index is known to hold of them."""
        return await differences_of(self._pool, self._elasticsearch, self._projection, self._index, ids, also)

    async def _by_parts(self, looked: Looked, after: UUID, last_id: UUID | None) -> None:
        place: UUID | None = after
        while place is not None and (last_id is None or place < last_id):
            part = await self.by_versions(place, PART_IDS)
            looked.differences += part.differences
            place = part.next

    async def _by_documents(self, looked: Looked, ids: Sequence[UUID], after: UUID, last_id: UUID | None) -> None:
        listed = await self._listed(after, last_id)
        asked = {*ids, *map(aggregate_of, listed)}
        looked.differences += await self.compare(list(asked), listed)
        if not looked.differences:
            looked.has_strays = (await summed(self._elasticsearch, self._index, after, last_id)).count != len(listed)

    async def _ids(self, after: UUID, last_id: UUID, limit: int) -> list[UUID]:
        return [row["id"] for row in await self._pool.fetch(self._projection.keys_sql, after, last_id, limit)]

    async def _digests(self, ids: Sequence[UUID]) -> DigestSum:
        row = await self._pool.fetchrow(self._projection.sums_sql, ids)
        assert row is not None
        return DigestSum(row["count"], row["high"], row["low"])

    async def _versions(self, after: UUID, last_id: UUID | None) -> tuple[int, int]:
        row = await self._pool.fetchrow(self._projection.versions_sql, after, last_id or LAST_ID)
        assert row is not None
        return row["count"], row["versions"]

    async def _versions_held(self, after: UUID, last_id: UUID | None) -> tuple[int, int]:
        search = {
            "size": 0,
            "track_total_hits": True,
            "query": in_range(after, last_id),
            "aggs": {"versions": {"sum": {"field": "version"}}},
        }
        answer = await self._elasticsearch.call("POST", f"/{self._index}/_search", search, timeout_s=TIMEOUT_S)
        return answer["hits"]["total"]["value"], int(answer["aggregations"]["versions"]["value"])

    async def _listed(self, after: UUID, last_id: UUID | None) -> list[str]:
        pages = listed_digests(self._elasticsearch, self._index, self._projection.model.key, after, last_id)
        return [document_id async for page in pages for document_id in page]
