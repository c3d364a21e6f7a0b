"""Read your own writes: the newest write of a client goes with its reads."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

# Long enough for a projector that is behind. A later read need not wait, nor pay for a refresh of the index.
CARRIED_FOR_S = 60.0


class LastWrite:
    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        # One name for both, so that threads see them together.
        self._written: tuple[str, float] | None = None

    def note(self, headers: Mapping[str, str]) -> None:
        token = headers.get("Consistency-Token")
        if token is not None:
            self._written = (token, self._now())

    @property
    def token(self) -> str | None:
        written = self._written
        return written[0] if written is not None and self._now() - written[1] < CARRIED_FOR_S else None
