"""Every document and every Redis entry against Postgres, and putting right what differs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

from projector import targets
from projector.bootstrap import Projector
from projector.projections.projection import Projection
from projector.projections.registry import PROJECTIONS, REDIS_COPIES
from projector.verify import changes
from projector.verify.changes import Shard, Unproven
from projector.verify.counters import deviations
from projector.verify.difference import Difference
from projector.verify.elasticsearch import aggregate_of
from projector.verify.ranges import NO_ID, Ranges
from projector.verify.recheck import LONGEST_WAIT_S, lasting
from projector.verify.redis import STORE as REDIS
from projector.verify.redis import RedisCheck
from projector.verify.strays import count_documents, stray_ids

COUNTERS = "counters"

# (what is being looked at, how many aggregates or events were looked at)
Report = Callable[[str, int], None]


@dataclass
class Verification:
    checked: dict[str, int] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)


async def open_verifier(
    projector: Projector,
    report: Report = lambda what, checked: None,
    unproven: Mapping[str, Unproven] | None = None,
) -> Verifier:
    """`unproven` by shard: what of it nobody has looked at yet. Where it does not say, everything is read."""
    live = [target for target in await targets.current_targets(projector.pool) if target.state == "live"]
    return Verifier(projector, {target.projection: target.index_name for target in live}, report, unproven or {})


class Verifier:
    def __init__(
        self, projector: Projector, indices: dict[str, str], report: Report, unproven: Mapping[str, Unproven]
    ) -> None:
        self._projector = projector
        self._pool = projector.pool
        self._elasticsearch = projector.elasticsearch
        self.indices = indices
        self._report = report
        self._all_unproven = unproven

    async def run(self) -> Verification:
        result = Verification()
        for name, projection in PROJECTIONS.items():
            await self._collect(result, name, self._model(projection))
        for aggregate_type in REDIS_COPIES:
            await self._collect(result, f"{REDIS}:{aggregate_type}", self.redis(aggregate_type).run())
        result.differences += await self.lasting(await self.counters())
        return result

    async def lasting(self, differences: list[Difference], longest_wait_s: float = LONGEST_WAIT_S) -> list[Difference]:
        return await lasting(self._pool, differences, self.look_again, longest_wait_s)

    async def look_again(self, differences: Iterable[Difference]) -> list[Difference]:
        found: list[Difference] = []
        by_place: dict[tuple[str, str], list[Difference]] = {}
        for difference in differences:
            place = difference.aggregate_type if difference.store == REDIS else difference.projection
            by_place.setdefault((difference.store, place or ""), []).append(difference)
        for (store, place), group in by_place.items():
            ids = list({difference.aggregate_id for difference in group})
            if place == COUNTERS:
                found += await self.counters()
            elif store == REDIS:
                found += await self.redis(place).compare(ids)
            else:
                also = [difference.document_id for difference in group]
                found += await self.ranges(PROJECTIONS[place]).compare(ids, also)
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
        index = self.indices[projection.name]
        processed = await changes.processed(self._elasticsearch, [index])
        total, held, has_strays = await count_documents(self._elasticsearch, index), 0, False
        ranges, place = self.ranges(projection), cast("UUID | None", NO_ID)
        while place is not None:
            looked = await ranges.by_digests(place)
            held, has_strays, place = held + looked.held, has_strays or looked.has_strays, looked.next
            yield looked.checked, looked.differences
        async for forged in self._forged(projection, index, processed):
            yield 0, await ranges.compare([aggregate_of(name) for name in forged], forged)
        if has_strays or held != total:
            strays = await stray_ids(self._elasticsearch, index, projection.model.key)
            yield 0, await ranges.compare(list(map(aggregate_of, strays)), strays)

    async def _forged(
        self, projection: Projection, index: str, processed: dict[Shard, int]
    ) -> AsyncIterator[list[str]]:
        """Whose digests say what Postgres says, but whose contents say something else."""
        for shard, number in processed.items():
            known = self._all_unproven.get(shard.key, Unproven())
            unproven = Unproven(known.seen, list(known.intervals))
            unproven.advance(number)
            while unproven.newest is not None:
                page = await changes.newest_page(self._elasticsearch, shard, *unproven.newest)
                yield await changes.forged(self._elasticsearch, index, projection.model.key, page.ids)
                unproven.prove(page.down_to)

    def ranges(self, projection: Projection) -> Ranges:
        return Ranges(self._pool, self._elasticsearch, projection, self.indices[projection.name])

    def redis(self, aggregate_type: str) -> RedisCheck:
        return RedisCheck(self._pool, self._projector.redis, aggregate_type)

    async def counters(self) -> list[Difference]:
        amounts = await deviations(self._pool, self._projector.redis)
        return [Difference(REDIS, COUNTERS, "different", name, NO_ID, aggregate_type=COUNTERS) for name in amounts]
