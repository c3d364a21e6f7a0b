"""Whether there is more to do than one worker can: otherwise one does it all in fewer, larger batches."""

from __future__ import annotations

from collections.abc import Callable

from projector.relay.lanes import Choice
from projector.relay.wake import Signal


class Backlog:
    """While the last batch of any worker was full."""

    def __init__(self, on_ended: Callable[[], None]) -> None:
        self.grew = Signal()
        self._on_ended = on_ended
        self._full_workers: set[int] = set()

    def __bool__(self) -> bool:
        return bool(self._full_workers)

    def note(self, worker: int, choice: Choice, claimed: int, *, full_rows: int) -> None:
        """`claimed` rows of what was chosen, where a batch may have `full_rows`."""
        if choice.shards and not claimed:
            # Somebody else holds them, or a store is away: that says nothing of how much there is.
            return
        # The rows of a batch are divided among its shards, so that a full one may have fewer than it was allowed.
        if claimed <= choice.rows // 2:
            if self._full_workers == {worker}:
                self._on_ended()
            self._full_workers.discard(worker)
        elif choice.rows >= full_rows:
            self._full_workers.add(worker)
            self.grew.ring()
