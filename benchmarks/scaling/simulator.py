"""A small simulation of queues: jobs arrive, wait for a free server, are served, and go on to the next station.

Time is simulated, so an hour of a thousand servers takes as long as its jobs take to count.
"""

from __future__ import annotations

import heapq
import math
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

Action = Callable[[], None]


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0
        self._due: list[tuple[float, int, Action]] = []
        self._order = count()

    def at(self, time_s: float, action: Action) -> None:
        heapq.heappush(self._due, (time_s, next(self._order), action))

    def run(self, until_s: float = math.inf) -> None:
        """What is due later stays due."""
        while self._due and self._due[0][0] <= until_s:
            self.now_s, _, action = heapq.heappop(self._due)
            action()
        if until_s < math.inf:
            self.now_s = until_s


@dataclass
class Job:
    began_s: float
    # Decides which of several equal stations takes it: always the same one for the same key.
    key: int


Done = Callable[[Job], None]


@dataclass
class Station:
    """`servers` equal ones before a single queue, first come first served."""

    clock: Clock
    name: str
    servers: int
    arrived: int = 0
    left: int = 0
    busy_s: float = 0.0
    # Of all jobs together: the time from their arrival until they left.
    stayed_s: float = 0.0
    # Of the number of jobs here, over the time.
    area: float = 0.0
    _changed_s: float = 0.0
    _busy: int = 0
    _queue: deque[tuple[float, Job, float, Done]] = field(default_factory=deque)

    @property
    def here(self) -> int:
        return self.arrived - self.left

    def enter(self, job: Job, takes_s: float, done: Done) -> None:
        self._note()
        self.arrived += 1
        if self._busy < self.servers:
            self._serve(self.clock.now_s, job, takes_s, done)
        else:
            self._queue.append((self.clock.now_s, job, takes_s, done))

    def _serve(self, arrived_s: float, job: Job, takes_s: float, done: Done) -> None:
        self._busy += 1
        self.busy_s += takes_s
        self.clock.at(self.clock.now_s + takes_s, lambda: self._leave(arrived_s, job, done))

    def _leave(self, arrived_s: float, job: Job, done: Done) -> None:
        self._note()
        self.left += 1
        self._busy -= 1
        self.stayed_s += self.clock.now_s - arrived_s
        if self._queue:
            self._serve(*self._queue.popleft())
        done(job)

    def _note(self) -> None:
        self.area += self.here * (self.clock.now_s - self._changed_s)
        self._changed_s = self.clock.now_s


def varying(mean_s: float, chance: random.Random, stages: int = 4) -> Callable[[], float]:
    """Times that are served: Erlang's, whose spread is half their mean with four stages; one stage is exponential."""
    return lambda: chance.gammavariate(stages, mean_s / stages)


def arrivals(clock: Clock, rate_per_s: float, seconds: float, chance: random.Random, begin: Done) -> None:
    """Independent of each other (Poisson), each with a key of its own."""

    def come() -> None:
        begin(Job(clock.now_s, chance.getrandbits(32)))
        expect()

    def expect() -> None:
        next_s = clock.now_s + chance.expovariate(rate_per_s)
        if next_s < seconds:
            clock.at(next_s, come)

    expect()
