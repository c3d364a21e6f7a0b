from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from write_api.intake.lines import LineRejected

# What a person reads at the end; the JSON report has all of them.
SHOWN_REJECTS = 20


@dataclass
class Stored:
    """What became of one batch, or of all of them."""

    created: int = 0
    changed: int = 0
    skipped: int = 0
    rejected: list[LineRejected] = field(default_factory=list)

    @property
    def handled(self) -> int:
        return self.created + self.changed + self.skipped + len(self.rejected)

    def add(self, other: Stored) -> None:
        self.created += other.created
        self.changed += other.changed
        self.skipped += other.skipped
        self.rejected.extend(other.rejected)

    def as_json(self) -> dict[str, Any]:
        return {
            "created": self.created,
            "changed": self.changed,
            "skipped": self.skipped,
            "rejected": [{"line": reject.number, "reason": reject.reason} for reject in self.rejected],
        }
