from __future__ import annotations

import pytest
from redis.exceptions import BusyLoadingError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from runtime.errors import StoreUnavailable
from runtime.redis import connect_redis, redis_available
from tests.unit.runtime.api import settings_of


@pytest.mark.parametrize("error", [RedisConnectionError(), RedisTimeoutError(), BusyLoadingError(), OSError()])
def test_a_redis_that_may_come_back_is_unavailable(error: Exception) -> None:
    with pytest.raises(StoreUnavailable) as lost, redis_available():
        raise error
    assert lost.value.store == "redis"


def test_a_wrong_redis_command_stays_a_mistake() -> None:
    with pytest.raises(ResponseError), redis_available():
        raise ResponseError("WRONGTYPE")


async def test_nothing_listens_and_the_client_says_so() -> None:
    redis = connect_redis(settings_of(redis_url="redis://127.0.0.1:1/0"))
    try:
        with pytest.raises(StoreUnavailable), redis_available():
            await redis.ping()
    finally:
        await redis.aclose()
