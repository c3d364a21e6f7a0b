"""One line of the table: a figure, its limit of the same run, their ratio, what was promised."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from benchmarks.harness.spread import Spread

Subject = Literal["ours", "ratio"]


@dataclass(frozen=True)
class Target:
    """A bound on the median of our figure, or of its ratio to the limit."""

    of: Subject
    at_least: float | None = None
    at_most: float | None = None

    def is_met(self, value: float) -> bool:
        above = self.at_least is None or value >= self.at_least
        return above and (self.at_most is None or value <= self.at_most)

    def describe(self, unit: str) -> str:
        word, bound = ("at least", self.at_least) if self.at_least is not None else ("at most", self.at_most)
        assert bound is not None
        return f"{word} {bound:g}x" if self.of == "ratio" else f"{word} {bound:,g} {unit}"


@dataclass(frozen=True)
class Row:
    figure: str
    unit: str
    ours: Spread
    limit: Spread | None = None
    limit_name: str = ""
    targets: tuple[Target, ...] = ()
    # Where runs are not pairs of ours and the limit, the figure brings the ratio.
    own_ratio: Spread | None = None
    note: str = ""

    @property
    def ratio(self) -> Spread | None:
        if self.own_ratio is not None:
            return self.own_ratio
        return None if self.limit is None else self.ours.over(self.limit)

    @property
    def is_met(self) -> bool | None:
        """None where nothing was promised."""
        if not self.targets:
            return None
        values = {"ours": self.ours, "ratio": self.ratio}
        return all(
            (spread := values[target.of]) is not None and target.is_met(spread.median) for target in self.targets
        )

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "is_met": self.is_met}

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> Row:
        spreads = {
            name: None if saved[name] is None else Spread.of(saved[name]["values"])
            for name in ("ours", "limit", "own_ratio")
        }
        targets = tuple(Target(**target) for target in saved["targets"])
        plain = {name: saved[name] for name in ("figure", "unit", "limit_name", "note")}
        return cls(**{**plain, **spreads, "targets": targets})


def at_least(ratio: float) -> Target:
    return Target("ratio", at_least=ratio)


def at_most(ratio: float) -> Target:
    return Target("ratio", at_most=ratio)


def no_less_than(value: float) -> Target:
    return Target("ours", at_least=value)


def no_more_than(value: float) -> Target:
    return Target("ours", at_most=value)
