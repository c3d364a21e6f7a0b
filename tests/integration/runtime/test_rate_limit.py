from __future__ import annotations

import asyncio
import secrets

import pytest
from redis.asyncio import Redis

from runtime.rate_limit import Policy, RateLimiter
from runtime.settings import Settings

pytestmark = pytest.mark.integration


async def test_many_processes_at_once_share_one_exact_quota(redis: Redis, settings: Settings) -> None:
    policy, who = Policy("read", 40), secrets.token_hex(8)
    processes = [RateLimiter(redis, settings.namespace) for _ in range(4)]
    decisions = await asyncio.gather(*(process.take(policy, who) for process in processes for _ in range(15)))
    # One more comes back every 1.5 s, and the calls may take that long on a busy machine.
    assert 40 <= sum(decision.allowed for decision in decisions) <= 42
    assert min(decision.remaining for decision in decisions) == 0


async def test_callers_and_policies_have_their_own_buckets(redis: Redis, settings: Settings) -> None:
    limiter, who = RateLimiter(redis, settings.namespace), secrets.token_hex(8)
    assert (await limiter.take(Policy("read", 1), who)).allowed
    assert not (await limiter.take(Policy("read", 1), who)).allowed
    assert (await limiter.take(Policy("write", 1), who)).allowed
    assert (await limiter.take(Policy("read", 1), who + "x")).allowed


async def test_redis_and_the_process_count_alike(redis: Redis, settings: Settings) -> None:
    who = secrets.token_hex(8)
    shared = RateLimiter(redis, settings.namespace)
    unreachable = Redis.from_url("redis://127.0.0.1:1/0")
    lonely = RateLimiter(unreachable, settings.namespace)
    policy = Policy("read", 3)
    for _ in range(4):
        one, other = await shared.take(policy, who), await lonely.take(policy, who)
        assert (one.allowed, one.remaining) == (other.allowed, other.remaining)
    await unreachable.aclose()


async def test_a_bucket_is_forgotten_when_it_is_full_again(redis: Redis, settings: Settings) -> None:
    policy, who = Policy("read", 60), secrets.token_hex(8)
    await RateLimiter(redis, settings.namespace).take(policy, who)
    assert 0 < await redis.pttl(f"{settings.namespace}:rate:read:{who}") <= 1_000
