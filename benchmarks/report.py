from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    figure: str
    value: str
    unit: str


def spread(values: Sequence[float]) -> str:
    """Median, and from the least to the largest: on a shared machine one number alone says little."""
    return f"{statistics.median(values):,.0f} ({min(values):,.0f} to {max(values):,.0f})"


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def table(rows: Sequence[Row]) -> str:
    lines = ["| figure | value | unit or target |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {row.figure} | {row.value} | {row.unit} |" for row in rows)])
