"""Having dead letters tried again: who may, what is queued, and what the audit log keeps of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest_asyncio

from domain.shared.ids import uuid7
from tests.integration.write_api.conftest import Someone, opened
from tests.integration.write_api.rows import event_data, one_row, pending
from tests.support.desk import expect, problem
from write_api.persistence.unit_of_work import Pool

BURY = """
INSERT INTO outbox_dead (projection, document_id, lane, shard, aggregate_type, aggregate_id, root_id, first_version,
    aggregate_version, event_id, event_type, attempts, reason, created_at)
VALUES ($1, $2, 0, 0, $3, $4, $5, 1, 1, $6, 'TicketOpened', 1, '400 too large', now()) RETURNING id"""
ALL = "/v1/dead-letters/replay"


@pytest_asyncio.fixture
async def letters(pool: Pool, admin: Someone) -> dict[str, Any]:
    """A dead ticket, one of its messages, and the line of history that it was opened."""
    await pool.execute("DELETE FROM outbox_dead")
    ticket = UUID((await opened(admin))["id"])
    message = await pool.fetchval("SELECT id FROM messages WHERE ticket_id = $1", ticket)
    event = await pool.fetchval("SELECT id FROM domain_events WHERE aggregate_id = $1", ticket)
    await pool.execute("DELETE FROM outbox WHERE root_id = $1", ticket)
    found: dict[str, Any] = {"ticket": ticket, "message": message, "event": event}
    for name, arguments in {
        "of_ticket": ("tickets", str(ticket), "ticket", ticket, ticket, event),
        "of_message": ("messages", str(message), "message", message, ticket, None),
        "of_event": ("history", str(event), "ticket", ticket, ticket, event),
    }.items():
        found[name] = await pool.fetchval(BURY, *arguments)
    return found


async def replays(pool: Pool, root_id: UUID) -> list[tuple[Any, ...]]:
    rows = await pool.fetch(
        "SELECT aggregate_type, aggregate_id, lane, event_id FROM outbox WHERE root_id = $1 AND event_type = 'Replay'"
        " ORDER BY id",
        root_id,
    )
    return [tuple(row) for row in rows]


async def operations(pool: Pool) -> int:
    count: int = await pool.fetchval("SELECT count(*) FROM domain_events WHERE type = 'DeadLettersReplayed'")
    return count


async def test_one_letter_is_queued_and_audited(admin: Someone, pool: Pool, letters: dict[str, Any]) -> None:
    answer = await admin.client.post(f"/v1/dead-letters/{letters['of_ticket']}/replay")
    assert expect(answer, 202) == {"replayed": 1}
    assert await replays(pool, letters["ticket"]) == [("ticket", letters["ticket"], 1, None)]
    # It stays until its document was projected.
    assert await pool.fetchval("SELECT count(*) FROM outbox_dead") == 3
    event = await one_row(
        pool,
        "SELECT aggregate_id, aggregate_type, actor_id, version FROM domain_events WHERE type = 'DeadLettersReplayed'"
        " ORDER BY id DESC LIMIT 1",
    )
    assert (event["aggregate_type"], event["actor_id"], event["version"]) == ("operation", UUID(admin.id), 1)
    identifier = str(event["aggregate_id"])
    assert await event_data(pool, identifier, "DeadLettersReplayed") == {
        "count": 1,
        "letters": [f"tickets:{letters['ticket']}"],
    }
    assert await pending(pool, identifier) == [("operation", 1, "DeadLettersReplayed")]


async def test_all_of_them_each_in_its_own_way(admin: Someone, pool: Pool, letters: dict[str, Any]) -> None:
    assert expect(await admin.client.post(ALL, json={}), 202) == {"replayed": 3}
    assert set(await replays(pool, letters["ticket"])) == {
        ("ticket", letters["ticket"], 1, None),
        ("message", letters["message"], 1, None),
        ("ticket", letters["ticket"], 1, letters["event"]),
    }


async def test_those_of_one_read_model(admin: Someone, pool: Pool, letters: dict[str, Any]) -> None:
    assert expect(await admin.client.post(ALL, json={"projection": "messages"}), 202) == {"replayed": 1}
    assert await replays(pool, letters["ticket"]) == [("message", letters["message"], 1, None)]
    problem(await admin.client.post(ALL, json={"projection": "sentinels"}), 422, "request.invalid")


async def test_where_none_is_nothing_is_written(admin: Someone, pool: Pool, letters: dict[str, Any]) -> None:
    before = await operations(pool)
    assert expect(await admin.client.post(ALL, json={"projection": "catalog"}), 202) == {"replayed": 0}
    refused = await admin.client.post("/v1/dead-letters/999999999/replay")
    assert problem(refused, 404, "dead_letter.not_found")["dead_letter_id"] == 999_999_999
    assert await operations(pool) == before


async def test_the_same_request_is_done_once(admin: Someone, pool: Pool, letters: dict[str, Any]) -> None:
    headers = {"Idempotency-Key": str(uuid7())}
    answers = [await admin.client.post(ALL, json={}, headers=headers) for _ in range(2)]
    assert [expect(answer, 202) for answer in answers] == [{"replayed": 3}] * 2
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert len(await replays(pool, letters["ticket"])) == 3


async def test_for_admins_only(agent: Someone, pool: Pool, letters: dict[str, Any]) -> None:
    problem(await agent.client.post(ALL, json={}), 403, "forbidden")
    problem(await agent.client.post(f"/v1/dead-letters/{letters['of_ticket']}/replay"), 403, "forbidden")
    assert await replays(pool, letters["ticket"]) == []
