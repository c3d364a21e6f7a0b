from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """What several runs gave: on a shared machine one number alone says little."""

    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        return cls(tuple(values))

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def least(self) -> float:
        return min(self.values)

    @property
    def most(self) -> float:
        return max(self.values)

    def over(self, other: Spread) -> Spread:
        """Ratios run by run: both sides of a pair met the same state of the machine."""
        return Spread.of(own / limit for own, limit in zip(self.values, other.values, strict=True) if limit)

    def scaled(self, factor: float) -> Spread:
        return Spread.of(value * factor for value in self.values)


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
