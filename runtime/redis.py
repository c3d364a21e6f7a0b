from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from redis.asyncio import BlockingConnectionPool, Redis
from redis.exceptions import BusyLoadingError, ConnectionError, TimeoutError

from runtime.errors import StoreUnavailable
from runtime.settings import Settings

STORE = "redis"
# Waiting for a free connection is not waiting for Redis: a short queue under load is no outage.
POOL_WAIT_S = 5


def connect_redis(settings: Settings) -> Redis:
    """Connects when first used; answers are bytes. Close it with `await redis.aclose()`."""
    timeout_s = settings.redis_timeout_ms / 1000
    pool = BlockingConnectionPool.from_url(
        settings.redis_url,
        decode_responses=False,
        socket_timeout=timeout_s,
        socket_connect_timeout=timeout_s,
        socket_keepalive=True,
        health_check_interval=15,
        max_connections=settings.redis_pool_max,
        timeout=POOL_WAIT_S,
    )
    # Closing the client closes the pool, which is its own.
    return Redis.from_pool(pool)


@contextmanager
def redis_available() -> Iterator[None]:
    """Around calls whose failure must become an answer: a lost or slow Redis raises StoreUnavailable."""
    try:
        yield
    except (ConnectionError, TimeoutError, BusyLoadingError, OSError) as error:
        raise StoreUnavailable(STORE, type(error).__name__) from error
