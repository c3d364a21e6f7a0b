from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from runtime.rate_limit import Policy, RateLimiter
from runtime.redis_line import RedisLine
from runtime.settings import Settings

pytestmark = pytest.mark.integration


@asynccontextmanager
async def _lines(url: str, count: int = 1) -> AsyncIterator[list[RedisLine]]:
    lines = [RedisLine(url) for _ in range(count)]
    try:
        yield lines
    finally:
        for line in lines:
            await line.aclose()


@pytest_asyncio.fixture
async def line(settings: Settings) -> AsyncIterator[RedisLine]:
    async with _lines(settings.redis_url) as lines:
        yield lines[0]


async def test_many_processes_at_once_share_one_exact_quota(settings: Settings) -> None:
    policy, who = Policy("read", 40), secrets.token_hex(8)
    async with _lines(settings.redis_url, 4) as lines:
        processes = [RateLimiter(line, settings.namespace) for line in lines]
        decisions = await asyncio.gather(*(process.take(policy, who) for process in processes for _ in range(15)))
    # One more comes back every 1.5 s, and the calls may take that long on a busy machine.
    assert 40 <= sum(decision.allowed for decision in decisions) <= 42
    assert min(decision.remaining for decision in decisions) == 0


async def test_callers_and_policies_have_their_own_buckets(line: RedisLine, settings: Settings) -> None:
    limiter, who = RateLimiter(line, settings.namespace), secrets.token_hex(8)
    assert (await limiter.take(Policy("read", 1), who)).allowed
    assert not (await limiter.take(Policy("read", 1), who)).allowed
    assert (await limiter.take(Policy("write", 1), who)).allowed
    assert (await limiter.take(Policy("read", 1), who + "x")).allowed


async def test_redis_and_the_process_count_alike(line: RedisLine, settings: Settings) -> None:
    who = secrets.token_hex(8)
    shared = RateLimiter(line, settings.namespace)
    lonely = RateLimiter(RedisLine("redis://127.0.0.1:1/0"), settings.namespace)
    policy = Policy("read", 3)
    for _ in range(4):
        one, other = await shared.take(policy, who), await lonely.take(policy, who)
        assert (one.allowed, one.remaining) == (other.allowed, other.remaining)


async def test_a_bucket_is_forgotten_when_it_is_full_again(redis: Redis, line: RedisLine, settings: Settings) -> None:
    policy, who = Policy("read", 60), secrets.token_hex(8)
    await RateLimiter(line, settings.namespace).take(policy, who)
    assert 0 < await redis.pttl(f"{settings.namespace}:rate:read:{who}") <= 1_000
