"""What the projector does: a worker takes all that waits in a shard, up to a limit, and is done with it at once."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from functools import partial

from benchmarks.scaling.simulator import Clock, Done, Job


@dataclass
class Shard:
    waiting: deque[tuple[float, Job, Done]] = field(default_factory=deque)
    is_taken: bool = False


@dataclass
class BatchStation:
    """`workers` share the shards, at most one at a shard. A batch takes a fixed time and more for each of its jobs."""

    clock: Clock
    name: str
    shards: int
    workers: int
    fixed_s: float
    per_job_s: float
    largest: int
    arrived: int = 0
    left: int = 0
    busy_s: float = 0.0
    stayed_s: float = 0.0

    def __post_init__(self) -> None:
        self._shards = [Shard() for _ in range(self.shards)]
        # Shards in which something waits and that nobody has taken, longest first.
        self._ready: deque[Shard] = deque()
        self._idle = self.workers

    @property
    def here(self) -> int:
        return self.arrived - self.left

    def enter(self, job: Job, done: Done) -> None:
        self.arrived += 1
        shard = self._shards[job.key % self.shards]
        shard.waiting.append((self.clock.now_s, job, done))
        if len(shard.waiting) == 1 and not shard.is_taken:
            self._ready.append(shard)
        self._begin()

    def _begin(self) -> None:
        while self._idle and self._ready:
            shard = self._ready.popleft()
            batch = [shard.waiting.popleft() for _ in range(min(self.largest, len(shard.waiting)))]
            shard.is_taken, self._idle = True, self._idle - 1
            takes_s = self.fixed_s + self.per_job_s * len(batch)
            # Where much waits, batches are large, and what each of them takes beside its jobs is hardly anything.
            self.busy_s += self.per_job_s * len(batch)
            self.clock.at(self.clock.now_s + takes_s, partial(self._end, shard, batch))

    def _end(self, shard: Shard, batch: list[tuple[float, Job, Done]]) -> None:
        shard.is_taken, self._idle = False, self._idle + 1
        if shard.waiting:
            self._ready.append(shard)
        for arrived_s, job, done in batch:
            self.left += 1
            self.stayed_s += self.clock.now_s - arrived_s
            done(job)
        self._begin()
