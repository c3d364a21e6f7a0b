"""Wishing for rebuilds: what is written for the projector, and what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest_asyncio

from domain.operations.read_models import ReadModelName
from domain.shared.ids import uuid7
from tests.integration.write_api.conftest import Someone
from tests.integration.write_api.rows import event_data, one_row
from tests.support.desk import expect, problem
from write_api.persistence.unit_of_work import Pool

TICKETS = {"projection": "tickets"}


@pytest_asyncio.fixture(autouse=True)
async def nothing_going_on(pool: Pool) -> AsyncIterator[None]:
    await forget(pool)
    yield
    await forget(pool)


async def forget(pool: Pool) -> None:
    for table in ("projection_wishes", "rebuild_progress", "projection_targets"):
        await pool.execute(f"DELETE FROM {table}")


async def begin(pool: Pool, seconds_ago: int = 0) -> None:
    await pool.execute(
        "INSERT INTO rebuild_progress (projection, index_name, total, updated_at)"
        " VALUES ('tickets', 'new', 9, clock_timestamp() - make_interval(secs => $1))",
        seconds_ago,
    )


async def keep(pool: Pool, state: str = "retired") -> None:
    await pool.execute(
        "INSERT INTO projection_targets (projection, index_name, state) VALUES ('tickets', 'old', $1)", state
    )


async def wishes(pool: Pool) -> dict[str, str]:
    rows = await pool.fetch(
        "SELECT projection, kind FROM projection_wishes WHERE refused_at IS NULL ORDER BY wished_at"
    )
    return {row["projection"]: row["kind"] for row in rows}


async def is_paused(pool: Pool, table: str) -> bool:
    return bool(await pool.fetchval(f"SELECT paused_at IS NOT NULL FROM {table} WHERE projection = 'tickets'"))


async def test_a_wish_is_written_and_audited(admin: Someone, pool: Pool) -> None:
    accepted = expect(await admin.client.post("/v1/rebuilds", json=TICKETS), 202)
    assert (accepted["projections"], accepted["status"]) == (["tickets"], "requested")
    wish = await one_row(pool, "SELECT kind, operation_id, refused_at FROM projection_wishes")
    assert wish == {"kind": "rebuild", "operation_id": UUID(accepted["id"]), "refused_at": None}
    assert await event_data(pool, accepted["id"], "RebuildRequested") == {"projections": ["tickets"]}
    event = await one_row(pool, "SELECT actor_id FROM domain_events WHERE aggregate_id = $1", wish["operation_id"])
    assert event["actor_id"] == UUID(admin.id)


async def test_all_of_them_in_their_order(admin: Someone, pool: Pool) -> None:
    accepted = expect(await admin.client.post("/v1/rebuilds", json={"projection": "all"}), 202)
    every = [name.value for name in ReadModelName]
    assert accepted["projections"] == every == list(await wishes(pool))


async def test_a_second_one_is_refused_and_of_two_at_once_one(admin: Someone, pool: Pool) -> None:
    answers = await asyncio.gather(*(admin.client.post("/v1/rebuilds", json=TICKETS) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [202, 409, 409, 409]
    first, *_ = [answer for answer in answers if answer.status_code == 409]
    assert problem(first, 409, "rebuild.running")["projections"] == ["tickets"]
    problem(await admin.client.post("/v1/rebuilds", json={"projection": "all"}), 409, "rebuild.running")
    problem(await admin.client.post("/v1/rebuilds/tickets/rollback"), 409, "rebuild.running")
    expect(await admin.client.post("/v1/rebuilds", json={"projection": "people"}), 202)
    assert await wishes(pool) == {"tickets": "rebuild", "people": "rebuild"}


async def test_one_beside_the_projector_counts_too(admin: Someone, pool: Pool) -> None:
    await begin(pool)
    problem(await admin.client.post("/v1/rebuilds", json=TICKETS), 409, "rebuild.running")
    await pool.execute("UPDATE rebuild_progress SET updated_at = updated_at - interval '1 min'")
    # Whoever was at it is silent.
    expect(await admin.client.post("/v1/rebuilds", json=TICKETS), 202)


async def test_after_a_refusal_it_may_be_wished_for_again(admin: Someone, pool: Pool) -> None:
    expect(await admin.client.post("/v1/rebuilds", json=TICKETS), 202)
    await begin(pool)
    await pool.execute("UPDATE projection_wishes SET refused_at = clock_timestamp(), problem = 'it differs'")
    expect(await admin.client.post("/v1/rebuilds", json=TICKETS), 202)
    assert await wishes(pool) == {"tickets": "rebuild"}
    assert (await one_row(pool, "SELECT problem FROM projection_wishes"))["problem"] is None


async def test_a_wish_and_what_has_begun_can_be_paused(admin: Someone, pool: Pool) -> None:
    problem(await admin.client.post("/v1/rebuilds/tickets/pause"), 409, "rebuild.not_running")
    expect(await admin.client.post("/v1/rebuilds", json=TICKETS), 202)
    problem(await admin.client.post("/v1/rebuilds/tickets/resume"), 409, "rebuild.nothing_to_resume")
    paused = expect(await admin.client.post("/v1/rebuilds/tickets/pause"), 202)
    assert await event_data(pool, paused["id"], "RebuildPaused") == TICKETS
    assert await is_paused(pool, "projection_wishes")
    await begin(pool)
    expect(await admin.client.post("/v1/rebuilds/tickets/pause"), 202)
    assert await is_paused(pool, "rebuild_progress")
    resumed = expect(await admin.client.post("/v1/rebuilds/tickets/resume"), 202)
    assert (resumed["status"], await wishes(pool)) == ("resumed", {"tickets": "rebuild"})
    assert not await is_paused(pool, "projection_wishes") and not await is_paused(pool, "rebuild_progress")


async def test_what_somebody_else_left_goes_on_by_the_projector(admin: Someone, pool: Pool) -> None:
    await begin(pool, seconds_ago=60)
    expect(await admin.client.post("/v1/rebuilds/tickets/resume"), 202)
    assert await wishes(pool) == {"tickets": "resume"}


async def test_a_rollback_needs_a_kept_index(admin: Someone, pool: Pool) -> None:
    await keep(pool, "live")
    refused = problem(await admin.client.post("/v1/rebuilds/tickets/rollback"), 409, "rebuild.no_index_kept")
    assert refused["projection"] == "tickets"
    await pool.execute("UPDATE projection_targets SET state = 'retired'")
    expect(await admin.client.post("/v1/rebuilds/tickets/rollback"), 202)
    assert await wishes(pool) == {"tickets": "rollback"}


async def test_the_same_request_is_done_once(admin: Someone, pool: Pool) -> None:
    headers = {"Idempotency-Key": str(uuid7())}
    answers = [await admin.client.post("/v1/rebuilds", json=TICKETS, headers=headers) for _ in range(2)]
    first, again = (expect(answer, 202) for answer in answers)
    assert first == again and answers[1].headers["Idempotency-Replayed"] == "true"


async def test_for_admins_and_for_read_models_that_there_are(admin: Someone, agent: Someone, pool: Pool) -> None:
    body: dict[str, Any] | None
    for path, body in (("", TICKETS), ("/tickets/pause", None), ("/tickets/resume", None), ("/tickets/rollback", None)):
        problem(await agent.client.post(f"/v1/rebuilds{path}", json=body), 403, "forbidden")
    problem(await admin.client.post("/v1/rebuilds", json={"projection": "cats"}), 422, "request.invalid")
    problem(await admin.client.post("/v1/rebuilds/cats/pause"), 404, "not_found")
    assert await wishes(pool) == {}
