"""Which shards a worker drains next, and how many rows of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from projector.relay.claim import BACKGROUND_LANE, LIVE_LANE, ReadyShards

# While live work comes, the background lane gets this share of a worker's time, in small pieces of one shard each, so
# that whoever waits for that shard, or for a store, waits for one piece at most. With twice as much of both, live
# changes took nearly twice as long beside a move (docs/performance.md).
BACKGROUND_SHARE = 0.1
BACKGROUND_ROWS = 50
# Live work may come back at any moment for this long after the last.
LIVE_FOR_S = 1.0
# Time that was not used is not saved up beyond this.
LARGEST_CREDIT_S = 0.05
# Several times what a batch of live changes takes: only where a worker is held up do others help it out. When they did
# sooner, three workers took seven rows at a time, each with all that a batch costs (docs/performance.md).
HELD_UP_S = 0.5


@dataclass(frozen=True)
class Choice:
    lane: int
    shards: list[int]
    rows: int


class HeldUp:
    """Which shards have live work that no worker of this process has begun with for a while."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._since: dict[int, float] = {}

    def among(self, ready: frozenset[int]) -> list[int]:
        now = self._now()
        self._since = {shard: self._since.get(shard, now) for shard in sorted(ready)}
        return [shard for shard, since in self._since.items() if now - since >= HELD_UP_S]

    def begun(self, shards: Iterable[int]) -> None:
        self._since.update(dict.fromkeys(shards, self._now()))


class Lanes:
    """Of one worker of `of_workers`, who share `held_up`."""

    def __init__(
        self, worker: int, of_workers: int, held_up: HeldUp, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._worker = worker
        self._of_workers = of_workers
        self._held_up = held_up
        self._now = now
        self._turn = 0
        self._live_at = float("-inf")
        self._credit_s = 0.0
        self._credited_at = now()

    def choose(self, ready: ReadyShards, rows: int, *, workers: int, is_backlog: bool = False) -> Choice:
        """`workers` is how many share the shards now."""
        now = self._now()
        self._turn += 1
        self._earn(now)
        live = self._live(ready, workers)
        if ready.live:
            self._live_at = now
        if now - self._live_at >= LIVE_FOR_S:
            return Choice(BACKGROUND_LANE, self._mine(ready.background, workers) or sorted(ready.background), rows)
        # Whoever has all of the live work leaves the rest to those who have none.
        is_left = bool(live) and workers < self._of_workers
        if ready.background and self._credit_s > 0 and not is_left:
            candidates = sorted(ready.background)
            return Choice(BACKGROUND_LANE, [candidates[self._turn % len(candidates)]], min(rows, BACKGROUND_ROWS))
        if is_backlog and len(live) > 1:
            # Leaves some to other projectors, and finds more rows of the same aggregates in those it takes.
            live = live[self._turn % 2 :: 2]
        self._held_up.begun(live)
        return Choice(LIVE_LANE, live, rows)

    def spent(self, lane: int, seconds: float) -> None:
        if lane == BACKGROUND_LANE:
            self._credit_s -= seconds

    @property
    def background_in_s(self) -> float:
        """When background work is due again."""
        return max(0.0, -self._credit_s / BACKGROUND_SHARE)

    def _live(self, ready: ReadyShards, workers: int) -> list[int]:
        """Own shards first; another worker's only when they are held up."""
        held_up = self._held_up.among(ready.live)
        return self._mine(ready.live, workers) or held_up

    def _mine(self, shards: frozenset[int], workers: int) -> list[int]:
        return [shard for shard in sorted(shards) if shard % workers == self._worker]

    def _earn(self, now: float) -> None:
        earned_s = (now - self._credited_at) * BACKGROUND_SHARE
        self._credit_s = min(LARGEST_CREDIT_S, self._credit_s + earned_s)
        self._credited_at = now
