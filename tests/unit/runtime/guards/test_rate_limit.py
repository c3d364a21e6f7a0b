from __future__ import annotations

import uuid
from datetime import datetime, timezone
from typing import Any

import httpx
import pytest

from runtime.redis_line import RedisLine
from runtime.tokens import READ_API, AccessTokens
from tests.unit.runtime.api import make_app, settings_of

QUOTAS = {
    "rate_limit_login_per_minute": 2,
    "rate_limit_anonymous_per_minute": 3,
    "rate_limit_read_per_minute": 4,
    "rate_limit_write_per_minute": 2,
}
# Nothing listens there: the limits of the process itself hold.
NO_REDIS = "redis://127.0.0.1:1/0"


def _client(client_address: str = "203.0.113.7", **settings: Any) -> httpx.AsyncClient:
    app = make_app(settings_of(**{**QUOTAS, **settings}), redis=RedisLine(NO_REDIS), audience=READ_API)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(client_address, 5_000))
    return httpx.AsyncClient(transport=transport, base_url="http://testserver")


def _signed_in() -> dict[str, str]:
    tokens = AccessTokens(settings_of())
    token, _ = tokens.issue(uuid.uuid4(), "agent", uuid.uuid4(), datetime.now(timezone.utc))
    return {"Authorization": f"Bearer {token}"}


async def _until_refused(client: httpx.AsyncClient, method: str, path: str, **options: Any) -> int:
    for count in range(20):
        if (await client.request(method, path, **options)).status_code == 429:
            return count
    raise AssertionError("never refused")


async def test_strangers_share_the_limit_of_their_address() -> None:
    client = _client()
    assert await _until_refused(client, "GET", "/v1/things") == 3
    assert (await client.get("/v1/things", headers={"Authorization": "Bearer forged"})).status_code == 429


async def test_signed_in_callers_count_each_on_their_own() -> None:
    client = _client()
    for headers in (_signed_in(), _signed_in()):
        assert await _until_refused(client, "GET", "/v1/things", headers=headers) == 4
        assert await _until_refused(client, "POST", "/v1/things/poke", headers=headers) == 2


@pytest.mark.parametrize("path", ["/v1/sessions", "/v1/sessions/refresh"])
async def test_signing_in_has_a_limit_of_its_own_that_a_token_does_not_lift(path: str) -> None:
    client = _client()
    assert await _until_refused(client, "POST", path, headers=_signed_in()) == 2
    assert (await client.get("/v1/things")).status_code == 200


async def test_the_refusal_says_when_to_come_back() -> None:
    client = _client()
    await _until_refused(client, "GET", "/v1/things")
    answer = await client.get("/v1/things")
    assert answer.json()["code"] == "rate_limit.exceeded"
    assert answer.headers["retry-after"] == str(answer.json()["retry_after_s"]) == "20"
    assert answer.headers["ratelimit"] == '"anonymous";r=0;t=20'


async def test_each_answer_says_what_is_left() -> None:
    client = _client()
    answers = [await client.get("/v1/things") for _ in range(2)]
    assert [answer.headers["ratelimit"] for answer in answers] == ['"anonymous";r=2;t=20', '"anonymous";r=1;t=40']
    assert answers[0].headers["ratelimit-policy"] == '"anonymous";q=3;w=60'


async def test_health_and_documentation_are_not_limited() -> None:
    client = _client()
    await _until_refused(client, "GET", "/v1/things")
    for path in ("/livez", "/metrics", "/openapi.json"):
        answer = await client.get(path)
        assert answer.status_code == 200 and "ratelimit" not in answer.headers


async def test_addresses_count_apart_but_one_ipv6_network_together() -> None:
    assert "ratelimit" not in (await _client(rate_limit_enabled=False).get("/v1/things")).headers
    app = make_app(settings_of(**QUOTAS), redis=RedisLine(NO_REDIS))

    async def remaining(address: str) -> str:
        transport = httpx.ASGITransport(app=app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            return (await client.get("/v1/things")).headers["ratelimit"].partition(";t=")[0]

    assert await remaining("2001:db8::1") == '"anonymous";r=2'
    assert await remaining("2001:db8::ffff") == '"anonymous";r=1'
    assert await remaining("2001:db8:0:1::1") == '"anonymous";r=2'
    assert await remaining("203.0.113.9") == '"anonymous";r=2'
    assert await remaining("not-an-address") == '"anonymous";r=2'
