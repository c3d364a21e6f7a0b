"""Says what is going on and how much time is left, on the standard error: the table alone goes to the output."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


def minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


class Progress:
    def __init__(self, expected_s: float) -> None:
        self._left_s = expected_s
        self._started = time.monotonic()

    def say(self, text: str) -> None:
        elapsed = time.monotonic() - self._started
        print(f"[{elapsed:6.0f} s, about {minutes(max(0.0, self._left_s))} left] {text}", file=sys.stderr, flush=True)

    @contextmanager
    def step(self, text: str, expected_s: float) -> Iterator[None]:
        self.say(f"{text}, about {minutes(expected_s)}")
        started = time.monotonic()
        try:
            yield
        finally:
            self._left_s -= expected_s
            self.say(f"{text}: took {minutes(time.monotonic() - started)}")
