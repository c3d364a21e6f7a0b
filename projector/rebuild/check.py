"""Before a new index goes live: has it every document, with the right content?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from uuid import UUID

from projector.locks import Pool
from projector.projections.projection import Projection
from projector.rebuild.copy import RangeSum, ranges
from projector.sinks.elasticsearch import Elasticsearch
from projector.verify.content import DigestSum
from projector.verify.difference import Difference
from projector.verify.elasticsearch import aggregate_of, differences_of, listed_digests, summed
from projector.verify.recheck import lasting

NO_ID = UUID(int=0)
# As many searches as keep two cores busy.
LISTINGS_AT_ONCE = 4


class IndexCheck:
    """Asks the index range by range for its digests; only where their sum is another does Postgres build them again."""

    def __init__(self, pool: Pool, elasticsearch: Elasticsearch, projection: Projection, index_name: str) -> None:
        self._pool = pool
        self._elasticsearch = elasticsearch
        self._projection = projection
        self._index_name = index_name

    async def run(self, sums: Iterable[RangeSum]) -> list[Difference]:
        """Differences that last. Whatever no sum covers is compared document by document."""
        differences, covered_to = [], NO_ID
        in_order = sorted(sums, key=lambda range_sum: range_sum.after)
        for range_sum, have in zip(in_order, await self._held(in_order)):
            differences += await self._one_by_one(covered_to, range_sum.after)
            if have != range_sum.digests:
                differences += await self._one_by_one(range_sum.after, range_sum.last_id)
            covered_to = range_sum.last_id
        differences += await self._one_by_one(covered_to, None)
        return await lasting(self._pool, differences, self._look_again)

    async def _held(self, sums: Sequence[RangeSum]) -> list[DigestSum]:
        """What the index says it holds of each range."""
        places = asyncio.Semaphore(LISTINGS_AT_ONCE)

        async def held(range_sum: RangeSum) -> DigestSum:
            async with places:
                return await summed(self._elasticsearch, self._index_name, range_sum.after, range_sum.last_id)

        return await asyncio.gather(*(held(range_sum) for range_sum in sums))

    async def _one_by_one(self, after: UUID, last_id: UUID | None) -> list[Difference]:
        if after == last_id:
            return []
        differences: list[Difference] = []
        async for range_ in ranges(self._pool, self._projection, after, last_id):
            differences += await self._compare(range_.ids, await self._ids_in(range_.after, range_.ids[-1]))
            after = range_.ids[-1]
        leftover = await self._ids_in(after, last_id)
        return differences + await self._compare(list(map(aggregate_of, leftover)), leftover)

    async def _ids_in(self, after: UUID, last_id: UUID | None) -> list[str]:
        return [document_id async for page in self._listed(after, last_id) for document_id in page]

    def _listed(self, after: UUID, last_id: UUID | None) -> AsyncIterator[dict[str, str]]:
        key = self._projection.model.key
        return listed_digests(self._elasticsearch, self._index_name, key, after, last_id)

    async def _compare(self, ids: list[UUID], also: Iterable[str]) -> list[Difference]:
        return await differences_of(self._pool, self._elasticsearch, self._projection, self._index_name, ids, also)

    async def _look_again(self, differences: list[Difference]) -> list[Difference]:
        ids = list({difference.aggregate_id for difference in differences})
        return await self._compare(ids, [difference.document_id for difference in differences])
