"""Every document and every Redis entry against Postgres, and putting right what differs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from projector import targets
from projector.bootstrap import Projector
from projector.projections.projection import Projection
from projector.projections.registry import PROJECTIONS, REDIS_COPIES
from projector.rebuild.copy import ranges
from projector.verify.counters import deviations
from projector.verify.difference import Difference
from projector.verify.elasticsearch import aggregate_of, differences_of, listed_digests
from projector.verify.recheck import lasting
from projector.verify.redis import STORE as REDIS
from projector.verify.redis import RedisCheck
from projector.verify.strays import count_documents, stray_ids

# Small, because knowledge documents have one document per locale and a listing has at most 10,000.
RANGE_IDS = 500
NO_ID = UUID(int=0)
COUNTERS = "counters"

# (what is being looked at, how many aggregates or events were looked at)
Report = Callable[[str, int], None]


@dataclass
class Verification:
    checked: dict[str, int] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)


async def open_verifier(projector: Projector, report: Report = lambda what, checked: None) -> Verifier:
    live = [target for target in await targets.current_targets(projector.pool) if target.state == "live"]
    return Verifier(projector, {target.projection: target.index_name for target in live}, report)


class Verifier:
    def __init__(self, projector: Projector, indices: dict[str, str], report: Report) -> None:
        self._projector = projector
        self._pool = projector.pool
        self._elasticsearch = projector.elasticsearch
        self.indices = indices
        self._report = report

    async def run(self) -> Verification:
        result = Verification()
        for name, projection in PROJECTIONS.items():
            await self._collect(result, name, self._model(projection))
        for aggregate_type in REDIS_COPIES:
            check = RedisCheck(self._pool, self._projector.redis, aggregate_type)
            await self._collect(result, f"{REDIS}:{aggregate_type}", check.run())
        result.differences += await self.lasting(self.counters(await deviations(self._pool, self._projector.redis)))
        return result

    async def lasting(self, differences: list[Difference]) -> list[Difference]:
        return await lasting(self._pool, differences, self.look_again)

    async def look_again(self, differences: Iterable[Difference]) -> list[Difference]:
        found: list[Difference] = []
        by_place: dict[tuple[str, str], list[Difference]] = {}
        for difference in differences:
            place = difference.aggregate_type if difference.store == REDIS else difference.projection
            by_place.setdefault((difference.store, place or ""), []).append(difference)
        for (store, place), group in by_place.items():
            ids = list({difference.aggregate_id for difference in group})
            if place == COUNTERS:
                found += self.counters(await deviations(self._pool, self._projector.redis))
            elif store == REDIS:
                found += await RedisCheck(self._pool, self._projector.redis, place).compare(ids)
            else:
                also = [difference.document_id for difference in group]
                found += await self._compare(PROJECTIONS[place], ids, also)
        return found

    async def _collect(
        self, result: Verification, what: str, found: AsyncIterator[tuple[int, list[Difference]]]
    ) -> None:
        differences: list[Difference] = []
        result.checked[what] = 0
        async for checked, some in found:
            result.checked[what] += checked
            differences += some
            self._report(what, result.checked[what])
        result.differences += await self.lasting(differences)

    async def _model(self, projection: Projection) -> AsyncIterator[tuple[int, list[Difference]]]:
        index, listed_count = self.indices[projection.name], 0
        await self._elasticsearch.call("POST", f"/{index}/_refresh")
        total = await count_documents(self._elasticsearch, index)
        after = NO_ID
        async for range_ in ranges(self._pool, projection, NO_ID, size=RANGE_IDS):
            listed = await self._listed(projection, after, range_.ids[-1])
            listed_count += len(listed)
            yield len(range_.ids), await self._compare(projection, range_.ids, listed)
            after = range_.ids[-1]
        leftover = await self._listed(projection, after, None)
        yield 0, await self._compare(projection, list(map(aggregate_of, leftover)), leftover)
        if listed_count + len(leftover) != total:
            strays = await stray_ids(self._elasticsearch, index, projection.model.key)
            yield 0, await self._compare(projection, list(map(aggregate_of, strays)), strays)

    async def _listed(self, projection: Projection, after: UUID, last_id: UUID | None) -> list[str]:
        index, key = self.indices[projection.name], projection.model.key
        pages = listed_digests(self._elasticsearch, index, key, after, last_id)
        return [document_id async for page in pages for document_id in page]

    async def _compare(self, projection: Projection, ids: list[UUID], also: Iterable[str]) -> list[Difference]:
        index = self.indices[projection.name]
        return await differences_of(self._pool, self._elasticsearch, projection, index, ids, also)

    @staticmethod
    def counters(amounts: dict[str, int]) -> list[Difference]:
        return [Difference(REDIS, COUNTERS, "different", name, NO_ID, aggregate_type=COUNTERS) for name in amounts]
