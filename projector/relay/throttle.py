from __future__ import annotations

import asyncio
import random
import time

FIRST_PAUSE_S = 0.1
# Short enough that everything flows again soon after a store is back.
LONGEST_PAUSE_S = 5.0
# While nothing is taken, one worker tries, not all at once: together they would fill the store's queue again.
TURN_S = 0.25


class Throttle:
    """Shared by all workers: when a store cannot keep up, all of them send less and wait."""

    def __init__(self, largest_batch: int) -> None:
        self._largest_batch = largest_batch
        self.batch_rows = largest_batch
        self._failures = 0
        self._resume_at = 0.0
        self._next_turn_at = 0.0

    def shrink(self) -> None:
        self.batch_rows = max(1, self.batch_rows // 2)

    def failed(self) -> float:
        """Answers the pause, s."""
        self.shrink()
        pause_s: float = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(self._failures, 16)) * random.uniform(0.5, 1.0)
        self._failures += 1
        self._resume_at = time.monotonic() + pause_s
        return pause_s

    def progressed(self) -> None:
        """After `failed`: the store took some of it, so it is slow and not away."""
        self._failures = 1
        self._resume_at = min(self._resume_at, time.monotonic() + FIRST_PAUSE_S)

    def succeeded(self) -> None:
        self.batch_rows = min(self._largest_batch, self.batch_rows * 2)
        self._failures = 0

    @property
    def pause_s(self) -> float:
        return max(0.0, self._resume_at - time.monotonic())

    async def wait(self) -> None:
        while self.pause_s > 0:
            await asyncio.sleep(self.pause_s)
        if self._failures:
            now = time.monotonic()
            turn_at = max(now, self._next_turn_at)
            self._next_turn_at = turn_at + TURN_S
            await asyncio.sleep(turn_at - now)
