"""How often to measure and refresh: as often as is useful, in a share of the time that leaves the rest to writing."""

from __future__ import annotations

from collections import deque
from statistics import fmean

SHORTEST_INTERVAL_S = 0.2
# A refresh makes whatever waits searchable, and takes what writing would need on a busy machine.
LARGEST_SHARE = 0.5
LONGEST_PAUSE_S = 2.0
# So few that it follows the machine within seconds, so many that one refresh beside a merge does not count for itself:
# when the last one alone decided, half a second of it put the next one off by three quarters more.
REMEMBERED = 8


class Cadence:
    def __init__(self) -> None:
        self._took_s: deque[float] = deque(maxlen=REMEMBERED)

    def note(self, took_s: float) -> None:
        """Only of what was measured: where another projector did it, nothing took any time here."""
        self._took_s.append(took_s)

    @property
    def interval_s(self) -> float:
        """From the beginning of one to the beginning of the next."""
        usual_s = fmean(self._took_s) if self._took_s else 0.0
        return max(SHORTEST_INTERVAL_S, min(usual_s / LARGEST_SHARE, usual_s + LONGEST_PAUSE_S))
