"""When batches begin and end, for whoever makes what they wrote searchable: best right after one.

What is written a moment after a refresh has begun waits for the next, and that is most of the way from a commit to a
search that shows it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from projector.relay.wake import Signal, wait_for

# A batch of live changes takes a third of it; those of a backlog take longer, and are not waited for.
LONGEST_WAIT_S = 0.1
# Another round so soon would find next to nothing.
JUST_NOW_S = 0.02


class Rounds:
    def __init__(self) -> None:
        self._under_way = 0
        self._resting = 0
        self._hurry = Signal()
        self._ended = Signal()
        self._ended_at = float("-inf")

    @contextmanager
    def one(self) -> Iterator[None]:
        """Around looking what is there and writing it."""
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            self._ended_at = time.monotonic()
            self._ended.ring()

    async def rest(self, seconds: float) -> None:
        """Between two rounds; shorter when somebody waits for the next."""
        self._resting += 1
        try:
            await wait_for(self._hurry.ticket(), seconds)
        finally:
            self._resting -= 1

    async def until_one_ends(self) -> None:
        """At once where none is under way or about to begin, or where one has just ended."""
        is_idle = not self._under_way and not self._resting
        if is_idle or time.monotonic() - self._ended_at < JUST_NOW_S:
            return
        ended = self._ended.ticket()
        self._hurry.ring()
        await wait_for(ended, LONGEST_WAIT_S)
