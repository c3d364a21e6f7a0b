"""GCRA: a bucket of `quota` requests that refills evenly over a minute, kept in Redis or else in the process."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import structlog
from redis.exceptions import RedisError

from runtime.redis_line import Answer, RedisLine

WINDOW_S = 60
MAX_LOCAL_KEYS = 10_000
# While Redis is down, only one request a second pays for finding that out.
REDIS_PAUSE_S = 1.0

# Answers allowed (1 or 0) and the theoretical arrival time minus now, µs. Interval and capacity are in µs too. For
# scripts that also ask something else. The clock is that of Redis, as those of several processes differ.
TAKE = """
local function take(bucket, interval, capacity)
  local time = redis.call('TIME')
  local now = time[1] * 1000000 + time[2]
  local arrival = math.max(tonumber(redis.call('GET', bucket) or now), now)
  if arrival + interval - now > tonumber(capacity) then return 0, arrival - now end
  arrival = arrival + interval
  redis.call('SET', bucket, string.format('%.0f', arrival), 'PX', math.ceil((arrival - now) / 1000))
  return 1, arrival - now
end
"""
# KEYS: the bucket. ARGV: interval and capacity.
_SCRIPT = TAKE + "return {take(KEYS[1], ARGV[1], ARGV[2])}"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Policy:
    name: str
    quota: int

    @cached_property
    def quoted(self) -> bytes:
        return f'"{self.name}"'.encode()

    @cached_property
    def raw_header(self) -> tuple[bytes, bytes]:
        return b"ratelimit-policy", b"%b;q=%d;w=%d" % (self.quoted, self.quota, WINDOW_S)

    @cached_property
    def interval_us(self) -> int:
        return max(WINDOW_S * 1_000_000 // self.quota, 1)

    @cached_property
    def capacity_us(self) -> int:
        return self.interval_us * self.quota


@dataclass(frozen=True)
class Decision:
    policy: Policy
    allowed: bool
    remaining: int
    # Until one more request is allowed if this one was not, else until the bucket is full again.
    reset_s: int

    def headers(self) -> dict[str, str]:
        name = self.policy.name
        return {
            "RateLimit-Policy": f'"{name}";q={self.policy.quota};w={WINDOW_S}',
            "RateLimit": f'"{name}";r={self.remaining};t={self.reset_s}',
        }

    def raw_headers(self) -> list[tuple[bytes, bytes]]:
        left = b"%b;r=%d;t=%d" % (self.policy.quoted, self.remaining, self.reset_s)
        return [self.policy.raw_header, (b"ratelimit", left)]


class Bucket(NamedTuple):
    """Where a request counts: for who asks Redis themselves, with TAKE in their script."""

    policy: Policy
    key: str


@dataclass(frozen=True)
class Taking:
    """A request that was counted; what Redis says to it is on its way."""

    policy: Policy
    key: str
    # None: Redis did not answer a moment ago, so the process counts by itself.
    answer: Answer | None


class RateLimiter:
    def __init__(self, redis: RedisLine, namespace: str) -> None:
        self._redis = redis
        self._script = redis.script(_SCRIPT)
        self._prefix = f"{namespace}:rate"
        self._local = LocalBuckets()
        self._redis_down_until_s = 0.0

    def bucket(self, policy: Policy, who: str) -> Bucket:
        return Bucket(policy, f"{self._prefix}:{policy.name}:{who}")

    def begin(self, policy: Policy, who: str) -> Taking:
        """Asks without waiting."""
        key = self.bucket(policy, who).key
        if time.monotonic() < self._redis_down_until_s:
            return Taking(policy, key, None)
        return Taking(policy, key, self._redis.run(self._script, (key,), policy.interval_us, policy.capacity_us))

    async def decide(self, taking: Taking) -> Decision:
        if taking.answer is not None:
            try:
                allowed, ahead_us = await taking.answer
                return decide(taking.policy, bool(allowed), int(ahead_us))
            except (RedisError, OSError) as error:
                self._redis_down_until_s = time.monotonic() + REDIS_PAUSE_S
                log.warning("rate_limit_is_local", error=type(error).__name__)
        return self._local.take(taking.policy, taking.key, int(time.monotonic() * 1_000_000))

    async def take(self, policy: Policy, who: str) -> Decision:
        return await self.decide(self.begin(policy, who))


class LocalBuckets:
    """Limited, not open: what is left when Redis is gone. The least recently used buckets make room."""

    def __init__(self, max_keys: int = MAX_LOCAL_KEYS) -> None:
        self._arrivals_us: OrderedDict[str, int] = OrderedDict()
        self._max_keys = max_keys

    def take(self, policy: Policy, key: str, now_us: int) -> Decision:
        arrival_us = max(self._arrivals_us.pop(key, now_us), now_us)
        allowed = arrival_us + policy.interval_us - now_us <= policy.capacity_us
        if allowed:
            arrival_us += policy.interval_us
        self._arrivals_us[key] = arrival_us
        if len(self._arrivals_us) > self._max_keys:
            self._arrivals_us.popitem(last=False)
        return decide(policy, allowed, arrival_us - now_us)


def decide(policy: Policy, allowed: bool, ahead_us: int) -> Decision:
    remaining = max((policy.capacity_us - ahead_us) // policy.interval_us, 0)
    wait_us = ahead_us if allowed else ahead_us + policy.interval_us - policy.capacity_us
    return Decision(policy, allowed, remaining, max(math.ceil(wait_us / 1_000_000), 1))
