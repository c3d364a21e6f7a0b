from __future__ import annotations

import pytest

from runtime.rate_limit import Decision, LocalBuckets, Policy

SECOND = 1_000_000
POLICY = Policy("read", 60)


def _take(buckets: LocalBuckets, now_us: int, count: int = 1, key: str = "k") -> list[Decision]:
    return [buckets.take(POLICY, key, now_us) for _ in range(count)]


def test_a_full_bucket_gives_its_quota_and_no_more() -> None:
    decisions = _take(LocalBuckets(), 0, 62)
    assert [decision.allowed for decision in decisions] == [True] * 60 + [False] * 2
    assert [decision.remaining for decision in decisions[:3]] == [59, 58, 57]
    assert decisions[59].remaining == decisions[60].remaining == 0


def test_it_refills_evenly() -> None:
    buckets = LocalBuckets()
    _take(buckets, 0, 60)
    assert not buckets.take(POLICY, "k", SECOND - 1).allowed
    assert [decision.allowed for decision in _take(buckets, SECOND, 2)] == [True, False]
    assert [decision.allowed for decision in _take(buckets, 11 * SECOND, 11)] == [True] * 10 + [False]


def test_it_never_holds_more_than_its_quota() -> None:
    buckets = LocalBuckets()
    _take(buckets, 0, 5)
    assert sum(decision.allowed for decision in _take(buckets, 3_600 * SECOND, 100)) == 60


def test_the_wait_that_is_told_is_enough_and_needed() -> None:
    buckets = LocalBuckets()
    _take(buckets, 0, 60)
    refused = buckets.take(POLICY, "k", 0)
    assert refused.reset_s == 1
    assert buckets.take(POLICY, "k", refused.reset_s * SECOND).allowed


@pytest.mark.parametrize("quota", [1, 7, 60, 6_000, 10_000_000])
def test_any_quota_gives_exactly_itself_at_first(quota: int) -> None:
    buckets, policy = LocalBuckets(), Policy("p", quota)
    few = min(quota, 5_000)
    decisions = [buckets.take(policy, "k", 0) for _ in range(few + 1)]
    assert all(decision.allowed for decision in decisions[:few])
    assert decisions[few].allowed is (few < quota)


def test_the_memory_is_bounded_and_forgets_the_least_recently_used() -> None:
    buckets = LocalBuckets(max_keys=2)
    for key in ("a", "b", "a", "c"):
        _take(buckets, 0, 1, key)
    assert buckets.take(POLICY, "a", 0).remaining == 57
    assert buckets.take(POLICY, "b", 0).remaining == 59
