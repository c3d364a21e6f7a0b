from __future__ import annotations

import asyncio
from datetime import datetime

import orjson

from projector.bootstrap import Projector, open_projector
from projector.freshness import measure
from projector.rebuild.rebuild import rebuild
from projector.relay.claim import LIVE_LANE
from runtime.tasks import cancel_all
from tests.integration.projector.office import Office, found, now
from tests.support.eventually import eventually
from tests.support.relaying import relaying
from tests.support.words import word
from write_api.persistence.outbox import SHARDS


async def published(projector: Projector) -> dict[str, object]:
    value = await projector.redis.redis.get(projector.redis.keys.freshness)
    body: dict[str, object] = orjson.loads(value) if value else {}
    return body


async def test_a_pending_change_holds_back_the_time(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    await fresh_projector.drain_all()
    before = now()
    await office.open_ticket(agent.id)
    after = now()
    measured = await measure(fresh_projector.pool)
    assert before <= measured.as_of <= after
    assert measured.projections["tickets"]["pending"] == 1
    assert measured.projections["people"]["pending"] == 0
    await fresh_projector.drain_all()
    assert (await measure(fresh_projector.pool)).as_of > after


async def test_a_change_that_waits_for_its_next_attempt_does_not(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    await office.open_ticket(agent.id)
    await office.pool.execute("UPDATE outbox SET attempts = 1, next_at = now() + interval '5 minutes'")
    after = now()
    measured = await measure(fresh_projector.pool)
    assert measured.as_of >= after
    assert measured.projections["tickets"]["retrying"] == 1


async def test_a_transaction_that_may_still_commit_holds_it_back(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    await fresh_projector.drain_all()
    async with office.pool.acquire() as connection, connection.transaction():
        await connection.execute("UPDATE users SET name = 'Not yet' WHERE id = $1", agent.id)
        begun = now()
        await fresh_projector.drain_all()
        assert (await measure(fresh_projector.pool)).as_of <= begun
    assert (await measure(fresh_projector.pool)).as_of > begun


async def test_what_is_published_can_be_found(fresh_projector: Projector, office: Office) -> None:
    """With refreshes by the ticker alone: the index itself would refresh once in a minute."""
    slow = fresh_projector.settings.copy(update={"projector_refresh_ms": 60_000})
    await fresh_projector.elasticsearch.call(
        "PUT", f"/{fresh_projector.namespace}-*/_settings", {"index": {"refresh_interval": "60s"}}
    )
    agent = await office.hire()
    # Two projectors: what one writes, the other may publish.
    async with open_projector(slow) as first, open_projector(slow) as second, relaying(first), relaying(second):
        for _ in range(20):
            subject = word()
            ticket = await office.open_ticket(agent.id, subject=subject)
            committed = now()

            async def is_published() -> bool:
                as_of = (await published(fresh_projector)).get("as_of")
                return as_of is not None and datetime.fromisoformat(str(as_of)) >= committed

            await eventually(is_published)
            assert await found(fresh_projector, "tickets", {"match": {"subject": subject}}) == [str(ticket.id)]


async def test_says_whether_there_may_be_something_new_to_be_found(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    await fresh_projector.drain_all()
    ticker = fresh_projector.ticker()

    async def refreshed() -> object:
        await ticker.publish()
        return (await published(fresh_projector))["refreshed"]

    first = await refreshed()
    assert first and await refreshed() == first
    await office.open_ticket(agent.id)
    assert await refreshed() == first
    async with fresh_projector.pool.acquire() as connection:
        await fresh_projector.drain().batch(connection, list(range(SHARDS)), LIVE_LANE, 100)
    second = await refreshed()
    assert second != first and await refreshed() == second
    # Now another index answers.
    await rebuild(fresh_projector, ["people"], lambda *_: None)
    assert await refreshed() != second


async def test_goes_on_publishing_when_nothing_happens(fresh_projector: Projector) -> None:
    ticker = fresh_projector.ticker()
    running = asyncio.ensure_future(ticker.run())
    seen: set[object] = set()

    async def has_published_three_times() -> bool:
        seen.add((await published(fresh_projector)).get("published_at"))
        return len(seen - {None}) >= 3

    await eventually(has_published_three_times)
    assert ticker.is_current()
    await cancel_all([running])


async def test_the_end_of_a_backlog_is_not_waited_for(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    small = fresh_projector.settings.copy(update={"projector_batch_rows": 5})
    async with open_projector(small) as projector:
        for _ in range(40):
            await office.open_ticket(agent.id)
        caught_up = projector.caught_up.ticket()
        async with relaying(projector):
            await asyncio.wait_for(caught_up.wait(), 30)
        assert (await measure(projector.pool)).pending < 40
