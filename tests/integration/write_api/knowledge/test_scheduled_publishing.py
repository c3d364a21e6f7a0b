from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone
from uuid import UUID

from tests.integration.write_api.conftest import Someone
from tests.integration.write_api.knowledge.desk import approved, published, step, write
from tests.integration.write_api.rows import event_types, pending
from tests.support.desk import expect
from write_api.persistence.scheduled_publishing import publish_due
from write_api.persistence.unit_of_work import Pool

# Far ahead, so that nothing else is due then; each test has a year of its own.
NOON = datetime(2040, 6, 1, 12, tzinfo=timezone.utc)


async def planned(author: Someone, reviewer: Someone, at: datetime) -> str:
    """At version 4."""
    document_id = await approved(author, reviewer)
    body = expect(await step(author, document_id, "publish", 3, publish_at=at.isoformat()))
    assert (body["status"], datetime.fromisoformat(body["publish_at"].replace("Z", "+00:00"))) == ("scheduled", at)
    return document_id


async def published_number(pool: Pool, document_id: str) -> int | None:
    number: int | None = await pool.fetchval(
        "SELECT published_number FROM document_translations WHERE document_id = $1", UUID(document_id)
    )
    return number


async def test_what_is_due_is_published_and_nothing_else(agent: Someone, reviewer: Someone, pool: Pool) -> None:
    due = await planned(agent, reviewer, NOON)
    later = await planned(agent, reviewer, NOON + timedelta(seconds=1))
    assert await publish_due(pool, NOON - timedelta(seconds=1)) == 0
    assert await publish_due(pool, NOON) == 1
    assert await publish_due(pool, NOON) == 0
    assert (await published_number(pool, due), await published_number(pool, later)) == (1, None)
    assert (await event_types(pool, due))[-2:] == ["DocumentScheduled", "DocumentPublished"]
    assert (await pending(pool, due))[-1] == ("document", 5, "DocumentPublished")
    expect(await step(agent, later, "unpublish", 4))


async def test_a_new_draft_calls_the_plan_off(agent: Someone, reviewer: Someone, pool: Pool) -> None:
    at = NOON.replace(year=2041)
    document_id = await planned(agent, reviewer, at)
    expect(await write(agent, document_id, 4))
    assert await publish_due(pool, at) == 0
    assert await published_number(pool, document_id) is None


async def test_a_planned_time_can_be_moved(agent: Someone, reviewer: Someone, pool: Pool) -> None:
    at = NOON.replace(year=2042)
    document_id = await planned(agent, reviewer, at)
    expect(await step(agent, document_id, "publish", 4, publish_at=(at + timedelta(days=1)).isoformat()))
    assert await publish_due(pool, at) == 0
    assert await publish_due(pool, at + timedelta(days=1)) == 1
    assert await published_number(pool, document_id) == 1


async def test_a_time_that_has_passed_means_now(agent: Someone, reviewer: Someone, pool: Pool) -> None:
    document_id = await approved(agent, reviewer)
    body = expect(await step(agent, document_id, "publish", 3, publish_at="2020-01-01T00:00:00Z"))
    assert (body["status"], body["publish_at"]) == ("published", None)


async def test_several_processes_publish_each_document_once(agent: Someone, reviewer: Someone, pool: Pool) -> None:
    at = NOON.replace(year=2043)
    ids = [await planned(agent, reviewer, at) for _ in range(4)]
    first = await asyncio.gather(*(publish_due(pool, at, limit=2) for _ in range(3)))
    rest = [await publish_due(pool, at, limit=2) for _ in range(2)]
    assert sum([*first, *rest]) == 4
    for document_id in ids:
        assert (await event_types(pool, document_id)).count("DocumentPublished") == 1


async def test_the_published_text_stays_until_the_planned_one_is_due(
    agent: Someone, reviewer: Someone, pool: Pool
) -> None:
    at = NOON.replace(year=2044)
    document_id = await published(agent, reviewer)
    expect(await write(agent, document_id, 4))
    expect(await step(agent, document_id, "submit", 5))
    expect(await step(reviewer, document_id, "approve", 6))
    expect(await step(agent, document_id, "publish", 7, publish_at=at.isoformat()))
    assert await published_number(pool, document_id) == 1
    assert await publish_due(pool, at) == 1
    assert await published_number(pool, document_id) == 2
