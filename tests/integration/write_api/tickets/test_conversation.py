from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.integration.write_api.conftest import Someone, opened
from write_api.persistence.unit_of_work import Pool

pytestmark = pytest.mark.integration


async def said(someone: Someone, ticket: dict[str, Any], visibility: str = "public", **more: Any) -> httpx.Response:
    return await someone.client.post(
        f"/v1/tickets/{ticket['id']}/messages", json={"body": "Well.", "visibility": visibility}, **more
    )


async def moved(someone: Someone, ticket: dict[str, Any], status: str, version: int) -> httpx.Response:
    return await someone.client.post(
        f"/v1/tickets/{ticket['id']}/status", json={"status": status}, headers={"If-Match": f'"v{version}"'}
    )


async def test_a_message_gets_its_place_in_the_thread(customer: Someone, agent: Someone, pool: Pool) -> None:
    ticket = await opened(customer)
    answer = await said(agent, ticket)
    assert answer.status_code == 201
    body = answer.json()
    assert body == {"id": body["id"], "version": 2, "ticket_id": ticket["id"], "position": 2}
    assert answer.headers["ETag"] == '"v2"'
    assert answer.headers["Location"] == f"/v1/tickets/{ticket['id']}/messages"
    row = await pool.fetchrow("SELECT * FROM messages WHERE id = $1", UUID(body["id"]))
    assert row is not None
    assert (row["author_id"], row["body"], row["visibility"]) == (agent.user.id, "Well.", "public")


async def test_an_answer_by_staff_opens_a_new_ticket(customer: Someone, agent: Someone, pool: Pool) -> None:
    ticket = await opened(customer)
    await said(agent, ticket)
    row = await pool.fetchrow("SELECT status, first_response_at FROM tickets WHERE id = $1", UUID(ticket["id"]))
    assert row is not None and row["status"] == "open" and row["first_response_at"] is not None


async def test_notes_are_for_staff(customer: Someone, agent: Someone) -> None:
    ticket = await opened(customer)
    refused = await said(customer, ticket, "internal")
    assert (refused.status_code, refused.json()["code"]) == (403, "ticket.internal_note_forbidden")
    assert (await said(agent, ticket, "internal")).status_code == 201


async def test_a_message_may_insist_on_a_version(customer: Someone) -> None:
    ticket = await opened(customer)
    assert (await said(customer, ticket, headers={"If-Match": '"v1"'})).status_code == 201
    assert (await said(customer, ticket, headers={"If-Match": '"v1"'})).status_code == 412
    assert (await said(customer, ticket)).status_code == 201


async def test_messages_at_once_all_land(customer: Someone, agent: Someone, pool: Pool) -> None:
    ticket = await opened(customer)
    answers = await asyncio.gather(*(said(agent, ticket) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert sorted(answer.json()["position"] for answer in answers) == list(range(2, 22))
    count = await pool.fetchval("SELECT message_count FROM tickets WHERE id = $1", UUID(ticket["id"]))
    assert count == 21


async def test_attachments_that_do_not_exist_are_refused(customer: Someone) -> None:
    ticket = await opened(customer)
    path = f"/v1/tickets/{ticket['id']}/messages"
    body = {"body": "See there", "visibility": "public", "attachment_ids": [ticket["id"]]}
    answer = await customer.client.post(path, json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/attachment_ids/0")
    assert (await customer.client.post(path, json={**body, "attachment_ids": []})).status_code == 201


async def test_a_solved_ticket_is_reopened_by_its_requester(customer: Someone, agent: Someone, pool: Pool) -> None:
    ticket = await opened(customer)
    solved = await moved(agent, ticket, "solved", 1)
    assert (solved.status_code, solved.json()["status"]) == (200, "solved")
    await said(customer, ticket)
    types = await pool.fetch(
        "SELECT type FROM domain_events WHERE aggregate_id = $1 ORDER BY version, ordinal", UUID(ticket["id"])
    )
    assert [row["type"] for row in types] == ["TicketOpened", "TicketSolved", "MessageAdded", "TicketReopened"]


async def test_a_step_that_is_not_possible_names_those_that_are(agent: Someone) -> None:
    ticket = await opened(agent)
    answer = await moved(agent, ticket, "closed", 1)
    assert (answer.status_code, answer.json()["code"]) == (409, "ticket.transition_not_allowed")
    assert answer.json()["allowed"] == ["open", "pending", "on_hold", "solved"]
    assert answer.json()["errors"][0]["pointer"] == "/status"


async def test_a_step_builds_on_a_version(agent: Someone) -> None:
    ticket = await opened(agent)
    path = f"/v1/tickets/{ticket['id']}/status"
    assert (await agent.client.post(path, json={"status": "open"})).status_code == 428
    assert (await moved(agent, ticket, "open", 7)).status_code == 412
    assert (await moved(agent, ticket, "open", 1)).status_code == 200


async def test_a_customer_solves_and_reopens_only(customer: Someone) -> None:
    ticket = await opened(customer)
    assert (await moved(customer, ticket, "pending", 1)).status_code == 403
    assert (await moved(customer, ticket, "solved", 1)).status_code == 200
    assert (await moved(customer, ticket, "open", 2)).status_code == 200


async def test_a_closed_ticket_takes_nothing(agent: Someone) -> None:
    ticket = await opened(agent)
    await moved(agent, ticket, "solved", 1)
    await moved(agent, ticket, "closed", 2)
    answer = await said(agent, ticket)
    assert (answer.status_code, answer.json()["code"]) == (409, "ticket.closed")
    change = await agent.client.patch(
        f"/v1/tickets/{ticket['id']}", json={"subject": "x"}, headers={"If-Match": '"v3"'}
    )
    assert change.status_code == 409
