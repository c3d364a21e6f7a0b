"""The ways of going through everything, step by step, cheapest first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from projector.projections.registry import PROJECTIONS, REDIS_COPIES
from projector.verify.difference import Difference
from projector.verify.ranges import NO_ID
from projector.verify.redis import BEGINNING
from projector.verify.verify import COUNTERS, Verifier

VERSIONS, REDIS, DIGESTS = "versions", "redis", "digests"
# Those that find in time what somebody did to a store. Contents of all documents take as long as building them.
QUICK = (VERSIONS, REDIS)


@dataclass
class Step:
    # Where to go on; None after the last one.
    place: str | None
    checked: int = 0
    differences: list[Difference] = field(default_factory=list)


class Rotations:
    """A place is `read model or type/position in it`."""

    def __init__(self, verifier: Verifier, projections: Sequence[str]) -> None:
        self._verifier = verifier
        # In the order of the registry, without those that are being rebuilt.
        self._projections = projections
        self._types = [*REDIS_COPIES, COUNTERS]
        self.steps: dict[str, Callable[[str | None], Awaitable[Step]]] = {
            VERSIONS: self._by_versions,
            REDIS: self._in_redis,
            DIGESTS: self._by_digests,
        }

    async def _by_versions(self, place: str | None) -> Step:
        name, position = self._at(place)
        looked = await self._verifier.ranges(PROJECTIONS[name]).by_versions(position)
        return Step(self._following(name, looked.next), looked.checked, looked.differences)

    async def _by_digests(self, place: str | None) -> Step:
        name, position = self._at(place)
        looked = await self._verifier.ranges(PROJECTIONS[name]).by_digests(position)
        return Step(self._following(name, looked.next), looked.checked, looked.differences)

    async def _in_redis(self, place: str | None) -> Step:
        name, position = (self._types[0], BEGINNING) if place is None else tuple(place.split("/", 1))
        if name == COUNTERS:
            return Step(None, 1, await self._verifier.counters())
        next_position, checked, differences = await self._verifier.redis(name).part(position)
        following = self._types[self._types.index(name) + 1]
        return Step(
            f"{following}/{BEGINNING}" if next_position is None else f"{name}/{next_position}", checked, differences
        )

    def _at(self, place: str | None) -> tuple[str, UUID]:
        if place is None:
            return self._projections[0], NO_ID
        name, position = place.split("/", 1)
        # A model whose rebuild has begun meanwhile is left out: the pass goes on with another from its beginning.
        return (name, UUID(position)) if name in self._projections else (self._projections[-1], NO_ID)

    def _following(self, name: str, position: UUID | None) -> str | None:
        if position is not None:
            return f"{name}/{position}"
        index = self._projections.index(name) + 1
        return f"{self._projections[index]}/{NO_ID}" if index < len(self._projections) else None
