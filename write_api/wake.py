from __future__ import annotations

import asyncio
from typing import Any

import structlog

from runtime.redis_line import RedisLine

# Commits within this time share one message.
COALESCE_S = 0.015

log = structlog.get_logger(__name__)


class ProjectorWake:
    """Tells the projector at once that there is work. Best effort: it polls anyway, and no command waits for this."""

    def __init__(self, redis: RedisLine, namespace: str, coalesce_s: float = COALESCE_S) -> None:
        self._redis = redis
        self._channel = f"{namespace}:wake"
        self._coalesce_s = coalesce_s
        self._pause: asyncio.TimerHandle | None = None
        self._again = False

    def __call__(self) -> None:
        if self._pause is None:
            self._say()
        else:
            self._again = True

    def close(self) -> None:
        if self._pause is not None:
            self._pause.cancel()

    def _say(self) -> None:
        self._again = False
        self._redis.ask("PUBLISH", self._channel, b"").add_done_callback(_note)
        self._pause = asyncio.get_running_loop().call_later(self._coalesce_s, self._end_pause)

    def _end_pause(self) -> None:
        self._pause = None
        if self._again:
            self._say()


def _note(answer: asyncio.Future[Any]) -> None:
    if not answer.cancelled() and (error := answer.exception()) is not None:
        log.info("projector_not_woken", error=type(error).__name__)
