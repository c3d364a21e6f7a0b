"""One line per fault while it runs, and all of them at the end, also as JSON."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass
class Outcome:
    fault: str
    seed: int
    kills: int = 0
    commands: int = 0
    repeats: int = 0
    looks: int = 0
    took_s: float = 0.0
    converged_s: float | None = None
    passed: bool = False
    notes: list[str] = field(default_factory=list)

    def line(self) -> str:
        converged = "did not converge" if self.converged_s is None else f"equal after {self.converged_s:.1f} s"
        return (
            f"{'ok  ' if self.passed else 'FAIL'} {self.fault}: {converged}, {self.kills} kills,"
            f" {self.commands} commands, {self.repeats} repeated, {self.looks} looks, {self.took_s:.0f} s"
            f"{''.join(f'; {note}' for note in self.notes)} (seed {self.seed})"
        )


class Report:
    def __init__(self, seed: int, scale_name: str) -> None:
        self.seed = seed
        self.scale_name = scale_name
        self.outcomes: list[Outcome] = []

    @property
    def kills(self) -> int:
        return sum(outcome.kills for outcome in self.outcomes)

    def begin(self) -> None:
        say(f"faults: {self.scale_name}, seed {self.seed}")

    def add(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        say(f"{outcome.line()} [{self.kills} kills so far]")

    def write(self, folder: Path) -> None:
        if not self.outcomes:
            return
        converged = [outcome.converged_s for outcome in self.outcomes if outcome.converged_s is not None]
        summary = {
            "seed": self.seed,
            "scale": self.scale_name,
            "faults": len(self.outcomes),
            "passed": sum(outcome.passed for outcome in self.outcomes),
            "kills": self.kills,
            "commands": sum(outcome.commands for outcome in self.outcomes),
            "longest_convergence_s": max(converged, default=None),
        }
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "summary.json"
        path.write_text(json.dumps({**summary, "outcomes": [asdict(one) for one in self.outcomes]}, indent=1) + "\n")
        width = max(len(outcome.fault) for outcome in self.outcomes)
        say(f"\n{'fault':{width}}  passed  kills  commands  equal after s  took s")
        for one in self.outcomes:
            after = "-" if one.converged_s is None else f"{one.converged_s:.1f}"
            say(
                f"{one.fault:{width}}  {'yes' if one.passed else 'NO':6}  {one.kills:5}  {one.commands:8}"
                f"  {after:>13}  {one.took_s:6.0f}"
            )
        say(", ".join(f"{name} {value}" for name, value in summary.items()))


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
