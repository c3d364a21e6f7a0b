from __future__ import annotations

import asyncio

import pytest
from prometheus_client import CollectorRegistry

from projector import sentinel
from projector.bootstrap import Projector
from projector.freshness import measure
from projector.rebuild.rebuild import rebuild
from projector.sentinel import SENTINEL_ID
from projector.status import status
from runtime.tasks import cancel_all
from tests.integration.projector.office import Office, differences, found, pending
from tests.support.eventually import eventually
from tests.support.relaying import relaying

NAME = "tidedesk_commit_to_visible_seconds"


def seen(registry: CollectorRegistry, name: str, **labels: str) -> float:
    return registry.get_sample_value(f"{NAME}_{name}", labels) or 0.0


async def tombstone_version(projector: Projector) -> int:
    """Of the sentinel's document, past the alias that hides it."""
    index = await projector.pool.fetchval(
        "SELECT index_name FROM projection_targets WHERE projection = 'tickets' AND state = 'live'"
    )
    document = await projector.elasticsearch.call("GET", f"/{index}/_doc/{SENTINEL_ID}")
    assert document["_source"]["deleted"] is True
    return int(document["_version"])


async def test_it_measures_until_a_search_finds_it(fresh_projector: Projector) -> None:
    registry = fresh_projector.metrics.registry
    measuring = fresh_projector.sentinel(fresh_projector.pool)
    async with relaying(fresh_projector):
        first = await measuring.measure()
        written = await tombstone_version(fresh_projector)
        second = await measuring.measure()
    assert 0 < first < sentinel.LONGEST_WAIT_S and 0 < second < sentinel.LONGEST_WAIT_S
    assert seen(registry, "count") == 2
    assert seen(registry, "sum") == pytest.approx(first + second)
    assert seen(registry, "bucket", le="30.0") == 2
    # One document, written again: nothing piles up.
    assert await tombstone_version(fresh_projector) > written
    assert await pending(fresh_projector) == 0


async def test_it_is_found_no_sooner_than_others(fresh_projector: Projector, office: Office) -> None:
    """With a relay, but nobody who refreshes: what a search cannot find yet is not taken for found."""
    await fresh_projector.elasticsearch.call(
        "PUT", f"/{fresh_projector.namespace}-*/_settings", {"index": {"refresh_interval": "-1"}}
    )
    measuring = fresh_projector.sentinel(fresh_projector.pool)
    drawn = await fresh_projector.pool.fetchval(sentinel._WRITE)
    drain = fresh_projector.drain()
    async with fresh_projector.pool.acquire() as connection:
        assert (await drain.batch(connection, list(range(16)), 0, 100)).done == 1
    assert await tombstone_version(fresh_projector) > drawn
    assert not await measuring._is_found(drawn)
    await fresh_projector.elasticsearch.call("POST", f"/{fresh_projector.namespace}-*/_refresh")
    assert await measuring._is_found(drawn)
    # Nor is the last one taken for the next.
    assert not await measuring._is_found(await fresh_projector.pool.fetchval(sentinel._WRITE))


async def test_nobody_hears_of_it(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    ticket = await office.open_ticket(agent.id)
    await fresh_projector.drain_all()
    keys = fresh_projector.redis.keys
    before = await everything_in_redis(fresh_projector)
    async with relaying(fresh_projector):
        await fresh_projector.sentinel(fresh_projector.pool).measure()
    assert await found(fresh_projector, "tickets", {"match_all": {}}) == [str(ticket.id)]
    after = await everything_in_redis(fresh_projector)
    for changing in (keys.freshness, f"{keys.freshness}:turn", keys.dead_letters):
        before.pop(changing.encode(), None)
        after.pop(changing.encode(), None)
    assert after == before
    assert await differences(fresh_projector) == []
    events = "SELECT count(*) FROM domain_events WHERE aggregate_id = $1"
    assert await fresh_projector.pool.fetchval(events, SENTINEL_ID) == 0


async def everything_in_redis(projector: Projector) -> dict[bytes, bytes]:
    redis = projector.redis.redis
    return {key: await redis.dump(key) async for key in redis.scan_iter(match=f"{projector.namespace}:*")}


async def test_one_that_waits_holds_nobody_up(fresh_projector: Projector) -> None:
    await fresh_projector.drain_all()
    begun = await fresh_projector.pool.fetchval("SELECT clock_timestamp()")
    await fresh_projector.pool.execute(sentinel._WRITE)
    measured = await measure(fresh_projector.pool)
    assert measured.as_of > begun
    assert (measured.pending, measured.has_work) == (0, True)
    assert {state["pending"] for state in measured.projections.values()} == {0}
    assert (await status(fresh_projector))["pending"] == 0


async def test_what_is_not_found_counts_as_long(fresh_projector: Projector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentinel, "LONGEST_WAIT_S", 0.2)
    assert await fresh_projector.sentinel(fresh_projector.pool).measure() > 0.2
    assert seen(fresh_projector.metrics.registry, "count") == 1


async def test_several_projectors_share_it(fresh_projector: Projector) -> None:
    """Each would write one at once: of all of them one does."""
    async with relaying(fresh_projector):
        several = [asyncio.ensure_future(fresh_projector.sentinel(fresh_projector.pool).run()) for _ in range(5)]

        async def is_measured() -> bool:
            return seen(fresh_projector.metrics.registry, "count") > 0

        try:
            await eventually(is_measured, 20)
        finally:
            await cancel_all(several)
    assert seen(fresh_projector.metrics.registry, "count") == 1


async def test_an_index_is_rebuilt_without_it(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    await office.open_ticket(agent.id)
    measuring = fresh_projector.sentinel(fresh_projector.pool)
    async with relaying(fresh_projector):
        await measuring.measure()
        await rebuild(fresh_projector, ["tickets"], lambda name, phase, done, total: None)
        await measuring.measure()
    assert await differences(fresh_projector) == []
