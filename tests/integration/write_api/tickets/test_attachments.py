from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from domain.shared.ids import uuid7
from tests.integration.write_api.conftest import Someone, opened
from tests.integration.write_api.rows import event_data, one_row
from tests.support.desk import problem
from tests.support.files import PNG
from write_api.persistence.expiry import forget_expired
from write_api.persistence.unit_of_work import Pool

pytestmark = pytest.mark.integration


async def uploaded(someone: Someone, content: bytes = PNG, file_name: str = "a.png") -> str:
    answer = await someone.client.post("/v1/attachments", params={"file_name": file_name}, content=content)
    assert answer.status_code == 201, answer.text
    id_: str = answer.json()["id"]
    return id_


async def said(
    someone: Someone, ticket: dict[str, Any], *attachment_ids: str, visibility: str = "public"
) -> httpx.Response:
    body = {"body": "See there.", "visibility": visibility, "attachment_ids": attachment_ids}
    return await someone.client.post(f"/v1/tickets/{ticket['id']}/messages", json=body)


async def test_a_message_takes_uploads(customer: Someone, pool: Pool) -> None:
    ticket = await opened(customer)
    ids = [await uploaded(customer) for _ in range(4)]
    answer = await said(customer, ticket, *ids, ids[0])
    assert answer.status_code == 201, answer.text
    message_id = UUID(answer.json()["id"])
    rows = await pool.fetch("SELECT * FROM attachments WHERE message_id = $1 ORDER BY id", message_id)
    assert [(str(row["id"]), row["version"]) for row in rows] == [(id_, 2) for id_ in ids]
    assert await pool.fetchval("SELECT attachment_count FROM messages WHERE id = $1", message_id) == 4
    assert await event_data(pool, ids[0], "AttachmentAttached") == {
        "ticket_id": ticket["id"],
        "message_id": str(message_id),
    }
    pending = await pool.fetch("SELECT * FROM outbox WHERE aggregate_id = ANY($1::uuid[]) AND event_id IS NULL", ids)
    assert {(str(row["part_of"]), row["aggregate_version"]) for row in pending} == {(ticket["id"], 2)}
    assert len(pending) == 4


async def test_a_ticket_is_opened_with_uploads(customer: Someone, agent: Someone, pool: Pool) -> None:
    for someone in (customer, agent):
        attachment_id = await uploaded(someone)
        ticket = await opened(someone, attachment_ids=[attachment_id])
        message_id = await pool.fetchval("SELECT id FROM messages WHERE ticket_id = $1", UUID(ticket["id"]))
        row = await one_row(pool, "SELECT * FROM attachments WHERE id = $1", UUID(attachment_id))
        assert row["message_id"] == message_id


async def test_only_own_uploads_that_wait_are_taken_and_else_nothing_happens(
    customer: Someone, other_customer: Someone, agent: Someone, admin: Someone, pool: Pool
) -> None:
    ticket = await opened(customer)
    used, foreign, fine = await uploaded(customer), await uploaded(other_customer), await uploaded(customer)
    assert (await said(customer, ticket, used)).status_code == 201
    answers = []
    for wrong in (used, foreign, str(uuid7())):
        answer = await said(customer, ticket, fine, wrong)
        problem(answer, 422, "attachment.unknown")
        assert answer.json()["errors"][0]["pointer"] == "/attachment_ids/1"
        answers.append(answer.json()["detail"].replace(wrong, "ID"))
        opening = {"subject": "s", "body": "b", "attachment_ids": [wrong]}
        problem(await customer.client.post("/v1/tickets", json=opening), 422, "attachment.unknown")
    assert len(set(answers)) == 1
    for staff in (agent, admin):
        problem(await said(staff, ticket, fine), 422, "attachment.unknown")
    row = await one_row(pool, "SELECT * FROM attachments WHERE id = $1", UUID(fine))
    assert row["message_id"] is None
    assert await pool.fetchval("SELECT message_count FROM tickets WHERE id = $1", UUID(ticket["id"])) == 2


async def test_of_many_messages_at_once_one_gets_the_upload(customer: Someone, pool: Pool) -> None:
    ticket, attachment_id = await opened(customer), await uploaded(customer)
    answers = await asyncio.gather(*(said(customer, ticket, attachment_id) for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [201, *[422] * 11]
    count = await pool.fetchval("SELECT count(*) FROM messages WHERE ticket_id = $1", UUID(ticket["id"]))
    assert count == 2


async def test_with_its_ticket_an_attachment_goes_and_its_room_is_free_again(admin: Someone, pool: Pool) -> None:
    attachment_id = await uploaded(admin)
    ticket = await opened(admin, attachment_ids=[attachment_id])
    gone = await admin.client.delete(f"/v1/tickets/{ticket['id']}", headers={"If-Match": '"v1"'})
    assert gone.status_code == 204
    assert await pool.fetchval("SELECT count(*) FROM attachments WHERE id = $1", UUID(attachment_id)) == 0
    told = await pool.fetch(
        "SELECT event_type, part_of FROM outbox WHERE aggregate_id = $1 AND event_id IS NULL ORDER BY id",
        UUID(attachment_id),
    )
    assert [(row["event_type"], str(row["part_of"])) for row in told] == [
        ("AttachmentAttached", ticket["id"]),
        ("TicketDeleted", ticket["id"]),
    ]


async def test_what_hangs_on_no_message_after_a_day_is_forgotten(customer: Someone, pool: Pool) -> None:
    old, attached, young = [await uploaded(customer) for _ in range(3)]
    await opened(customer, attachment_ids=[attached])
    ids = [UUID(id_) for id_ in (old, attached)]
    await pool.execute("UPDATE attachments SET created_at = now() - interval '25 hours' WHERE id = ANY($1)", ids)
    assert await forget_expired(pool) >= 1
    left = await pool.fetch("SELECT id FROM attachments WHERE id = ANY($1)", [*ids, UUID(young)])
    assert {str(row["id"]) for row in left} == {attached, young}
    ticket = await opened(customer)
    problem(await said(customer, ticket, old), 422, "attachment.unknown")
