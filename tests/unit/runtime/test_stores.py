from __future__ import annotations

from typing import Any

import pytest
from elastic_transport import ApiResponseMeta, ConnectionError, ConnectionTimeout, HttpHeaders, NodeConfig
from elasticsearch import ApiError
from redis.exceptions import BusyLoadingError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from runtime.elasticsearch import connect_elasticsearch, elasticsearch_available
from runtime.errors import StoreUnavailable
from runtime.redis import connect_redis, redis_available
from tests.unit.runtime.api import settings_of


def _api_error(status: int) -> ApiError:
    node = NodeConfig("http", "127.0.0.1", 1)
    meta = ApiResponseMeta(status=status, http_version="1.1", headers=HttpHeaders(), duration=0.0, node=node)
    return ApiError("refused", meta, {})


@pytest.mark.parametrize(
    "error", [ConnectionError("x"), ConnectionTimeout("x"), *(_api_error(status) for status in (429, 502, 503, 504))]
)
def test_an_elasticsearch_that_may_come_back_is_unavailable(error: Exception) -> None:
    with pytest.raises(StoreUnavailable) as lost, elasticsearch_available():
        raise error
    assert lost.value.store == "elasticsearch"


@pytest.mark.parametrize("status", [400, 404, 409])
def test_what_elasticsearch_refuses_for_good_stays_what_it_is(status: int) -> None:
    with pytest.raises(ApiError), elasticsearch_available():
        raise _api_error(status)


@pytest.mark.parametrize("error", [RedisConnectionError(), RedisTimeoutError(), BusyLoadingError(), OSError()])
def test_a_redis_that_may_come_back_is_unavailable(error: Exception) -> None:
    with pytest.raises(StoreUnavailable) as lost, redis_available():
        raise error
    assert lost.value.store == "redis"


def test_a_wrong_redis_command_stays_a_mistake() -> None:
    with pytest.raises(ResponseError), redis_available():
        raise ResponseError("WRONGTYPE")


async def test_nothing_listens_and_both_clients_say_so() -> None:
    settings = settings_of(redis_url="redis://127.0.0.1:1/0", elasticsearch_url="http://127.0.0.1:1")
    redis, elasticsearch = connect_redis(settings), connect_elasticsearch(settings)
    calls: list[tuple[Any, Any]] = [(redis_available, redis.ping), (elasticsearch_available, elasticsearch.info)]
    try:
        for guard, call in calls:
            with pytest.raises(StoreUnavailable), guard():
                await call()
    finally:
        await redis.aclose()
        await elasticsearch.close()
