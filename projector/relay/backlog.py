"""Whether there is more to do than one worker can: otherwise one does it all in fewer, larger batches."""

from __future__ import annotations

from collections.abc import Callable

from projector.relay.batch import BatchResult
from projector.relay.claim import LIVE_LANE
from projector.relay.lanes import Choice
from projector.relay.wake import Signal

# Several refreshes. Beside writers that keep both cores busy one worker falls behind without ever having a full batch.
LATE_S = 1.0


class Backlog:
    """While the last batch of any worker was full, or late."""

    def __init__(self, on_ended: Callable[[], None]) -> None:
        self.grew = Signal()
        self._on_ended = on_ended
        self._behind: set[int] = set()

    def __bool__(self) -> bool:
        return bool(self._behind)

    def note(self, worker: int, choice: Choice, result: BatchResult, *, full_rows: int) -> None:
        """What became of what was chosen, where a batch may have `full_rows`."""
        if choice.shards and not result.claimed:
            # Somebody else holds them, or a store is away: that says nothing of how much there is.
            return
        # The rows of a batch are divided among its shards, so that a full one may have fewer than it was allowed.
        is_late = choice.lane == LIVE_LANE and result.waited_s >= LATE_S
        if result.claimed <= choice.rows // 2 and not is_late:
            if self._behind == {worker}:
                self._on_ended()
            self._behind.discard(worker)
        elif choice.rows >= full_rows:
            self._behind.add(worker)
            self.grew.ring()
