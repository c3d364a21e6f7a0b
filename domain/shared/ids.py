from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from uuid import UUID

_COUNTER_MAX = (1 << 42) - 1


def _wall_clock_ms() -> int:
    return time.time_ns() // 1_000_000


class Uuid7Sequence:
    """UUIDv7 (RFC 9562, method 1): 48 bits of milliseconds, a 42-bit counter, 32 random bits. Strictly increasing."""

    def __init__(
        self,
        now_ms: Callable[[], int] = _wall_clock_ms,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._now_ms = now_ms
        self._random_bytes = random_bytes
        self._lock = threading.Lock()
        self._last_ms = -1
        self._counter = 0

    def next(self) -> UUID:
        random = int.from_bytes(self._random_bytes(10), "big")
        with self._lock:
            now_ms = self._now_ms()
            if now_ms > self._last_ms:
                self._last_ms = now_ms
                # The top bit starts at 0, so that at least 2**41 ids fit into one millisecond.
                self._counter = random >> 39
            elif self._counter < _COUNTER_MAX:
                self._counter += 1
            else:
                self._last_ms += 1
                self._counter = 0
            timestamp_ms, counter = self._last_ms, self._counter
        value = (timestamp_ms & 0xFFFF_FFFF_FFFF) << 80
        value |= 0x7 << 76
        value |= (counter >> 30) << 64
        value |= 0b10 << 62
        value |= (counter & 0x3FFF_FFFF) << 32
        value |= random & 0xFFFF_FFFF
        return UUID(int=value)


# Order within the process is the point, so the process has one sequence.
_sequence = Uuid7Sequence()


def uuid7() -> UUID:
    return _sequence.next()
