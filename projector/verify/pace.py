"""How much of a look a quick pass gets: what it needs to be through in time, but never more than a limit."""

from __future__ import annotations

from dataclasses import dataclass

# A pass begins at most this often, and a quick one is over by then. Drift is to be gone within a minute: it is found
# a whole pass later at worst, and then it has to be put right.
PASS_EVERY_S = 20.0


@dataclass
class Pace:
    # Of the pass that goes on.
    spent_s: float = 0.0
    # By the whole pass before; None until there was one.
    took_s: float | None = None

    def share_s(self, every_s: float, most_s: float) -> float:
        """Of a look that happens this often. Of the first pass nobody knows how long it takes: as much as allowed."""
        if self.took_s is None:
            return most_s
        return min(most_s, max(self.took_s, self.spent_s) * every_s / PASS_EVERY_S)

    def spend(self, seconds: float, *, is_over: bool) -> None:
        self.spent_s += seconds
        if is_over:
            self.took_s, self.spent_s = self.spent_s, 0.0
