"""The results as JSON, merged figure by figure, and the table made of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.harness.result import Row
from benchmarks.harness.spread import Spread

COLUMNS = ("figure", "Tidedesk", "beside", "limit", "ratio", "target", "met")


@dataclass
class FigureResult:
    """`failure` says why there are no rows."""

    rows: list[Row]
    failure: str
    seconds: float
    # What it was measured on, and with which sizes: a table may hold figures of several runs.
    machine: dict[str, Any]
    sizes: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        return {**vars(self), "rows": [row.as_json() for row in self.rows]}

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> FigureResult:
        return cls(**{**saved, "rows": [Row.from_json(row) for row in saved["rows"]]})


@dataclass
class Results:
    figures: dict[str, FigureResult] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> Results:
        if not path.exists():
            return cls()
        saved = json.loads(path.read_text())
        return cls({name: FigureResult.from_json(one) for name, one in saved["figures"].items()})

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".draft")
        content = {"figures": {name: one.as_json() for name, one in self.figures.items()}}
        draft.write_text(json.dumps(content, indent=1) + "\n")
        draft.replace(path)

    def rows(self) -> list[Row]:
        return [row for one in self.figures.values() for row in one.rows]

    def row(self, beginning: str) -> Row | None:
        return next((row for row in self.rows() if row.figure.startswith(beginning)), None)


def markdown(results: Results, order: Sequence[str]) -> str:
    names = [name for name in order if name in results.figures]
    lines = [_line(COLUMNS), _line(["---"] * len(COLUMNS))]
    for name in names:
        one = results.figures[name]
        lines += [_line(_cells(row)) for row in one.rows]
        if one.failure:
            lines.append(_line([name, f"failed: {one.failure}".replace("|", "/")[:300], "", "", "", "", "no"]))
    notes = [f"- {row.figure}: {row.note}" for name in names for row in results.figures[name].rows if row.note]
    machines: dict[str, list[str]] = {}
    for name in names:
        machines.setdefault(_machine(results.figures[name]), []).append(name)
    measured = [f"{', '.join(these)}: {facts}" if len(machines) > 1 else facts for facts, these in machines.items()]
    return "\n".join([*lines, "", *(f"{line}\n" for line in measured), *dict.fromkeys(notes), ""])


def number(value: float) -> str:
    if abs(value) >= 100 or value == 0:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def spread_text(spread: Spread, unit: str = "") -> str:
    """Median, and from the least to the most."""
    text = number(spread.median)
    if len(spread.values) > 1:
        text += f" ({number(spread.least)} to {number(spread.most)})"
    return f"{text} {unit}".strip()


def _cells(row: Row) -> list[str]:
    ratio, met = row.ratio, row.is_met
    return [
        row.figure,
        spread_text(row.ours, row.unit),
        row.limit_name,
        "" if row.limit is None else spread_text(row.limit, row.unit),
        "" if ratio is None else spread_text(ratio),
        " and ".join(target.describe(row.unit) for target in row.targets),
        "" if met is None else ("yes" if met else "**no**"),
    ]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _machine(one: FigureResult) -> str:
    facts = one.machine
    return (
        f"Measured {facts['at'][:10]} at commit {facts['commit']}, {one.sizes['runs']} runs: median (least to most)."
        f" {facts['cores']} cores ({facts['cpu']}), {facts['memory_gib']:.0f} GiB,"
        f" load {facts['load_before'][0]} before;"
        f" Python {facts['python']}, Postgres {facts['postgres']}, Redis {facts['redis']},"
        f" Elasticsearch {facts['elasticsearch']}."
    )
