from __future__ import annotations

import asyncio

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

# Commits within this time share one message.
COALESCE_S = 0.015

log = structlog.get_logger(__name__)


class ProjectorWake:
    """Tells the projector at once that there is work. Best effort: it polls anyway, and no command waits for this."""

    def __init__(self, redis: Redis, namespace: str) -> None:
        self._redis = redis
        self._channel = f"{namespace}:wake"
        self._publishing: asyncio.Task[None] | None = None
        self._again = False

    def __call__(self) -> None:
        if self._publishing is None:
            self._publishing = asyncio.get_running_loop().create_task(self._publish())
        else:
            self._again = True

    async def idle(self) -> None:
        """Returns when everything so far was said."""
        while self._publishing is not None:
            await self._publishing

    async def close(self) -> None:
        if self._publishing is not None:
            self._publishing.cancel()
            await asyncio.gather(self._publishing, return_exceptions=True)

    async def _publish(self) -> None:
        try:
            while True:
                self._again = False
                await self._redis.publish(self._channel, b"")
                await asyncio.sleep(COALESCE_S)
                if not self._again:
                    break
        except (RedisError, OSError) as error:
            log.info("projector_not_woken", error=type(error).__name__)
        finally:
            self._publishing = None
