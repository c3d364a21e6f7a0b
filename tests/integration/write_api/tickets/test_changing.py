from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from domain.shared.ids import uuid7
from tests.integration.write_api.conftest import SignIn, Someone, opened, stored_organization
from write_api.persistence.unit_of_work import Pool, UnitOfWorkFactory

pytestmark = pytest.mark.integration


async def patched(someone: Someone, ticket: dict[str, Any], version: int, **changes: object) -> httpx.Response:
    return await someone.client.patch(
        f"/v1/tickets/{ticket['id']}", json=changes, headers={"If-Match": f'"v{version}"'}
    )


async def row_of(pool: Pool, ticket: dict[str, Any]) -> Any:
    return await pool.fetchrow("SELECT * FROM tickets WHERE id = $1", UUID(ticket["id"]))


async def test_a_merge_patch_changes_what_it_names(agent: Someone, pool: Pool) -> None:
    ticket = await opened(agent, tags=["a"], type="task", assignee_id=agent.id)
    answer = await patched(agent, ticket, 1, subject="New", priority="low", type=None, assignee_id=None)
    assert answer.status_code == 200
    assert answer.json() == {"id": ticket["id"], "version": 2, "number": ticket["number"]}
    assert answer.headers["ETag"] == '"v2"'
    row = await row_of(pool, ticket)
    assert (row["subject"], row["priority"], row["type"], row["assignee_id"]) == ("New", "low", None, None)
    assert (row["tags"], row["version"]) == (["a"], 2)


async def test_a_merge_patch_content_type_is_taken(agent: Someone) -> None:
    ticket = await opened(agent)
    answer = await agent.client.patch(
        f"/v1/tickets/{ticket['id']}",
        content=b'{"subject": "New"}',
        headers={"If-Match": '"v1"', "Content-Type": "application/merge-patch+json"},
    )
    assert answer.status_code == 200


async def test_without_if_match_nothing_changes(agent: Someone, pool: Pool) -> None:
    ticket = await opened(agent)
    answer = await agent.client.patch(f"/v1/tickets/{ticket['id']}", json={"subject": "Blind"})
    assert (answer.status_code, answer.json()["code"]) == (428, "if_match.required")
    assert (await row_of(pool, ticket))["version"] == 1


async def test_a_stale_if_match_is_told_the_current_version(agent: Someone, pool: Pool) -> None:
    ticket = await opened(agent)
    await patched(agent, ticket, 1, subject="First")
    answer = await patched(agent, ticket, 1, subject="Second")
    assert (answer.status_code, answer.json()["code"]) == (412, "version_mismatch")
    assert answer.headers["ETag"] == '"v2"'
    assert answer.json()["current_version"] == 2
    assert (await row_of(pool, ticket))["subject"] == "First"


@pytest.mark.parametrize("tag", ['W/"v1"', '"something-else"'])
async def test_foreign_tags_never_match(agent: Someone, tag: str) -> None:
    ticket = await opened(agent)
    answer = await agent.client.patch(f"/v1/tickets/{ticket['id']}", json={"subject": "x"}, headers={"If-Match": tag})
    assert answer.status_code == 412


async def test_a_change_that_changes_nothing_is_no_new_version(agent: Someone, pool: Pool) -> None:
    ticket = await opened(agent)
    answer = await patched(agent, ticket, 1, subject="Help")
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"v1"')
    assert await pool.fetchval("SELECT count(*) FROM domain_events WHERE aggregate_id = $1", UUID(ticket["id"])) == 1


async def test_of_fifty_edits_of_one_version_one_wins(agent: Someone, pool: Pool) -> None:
    ticket = await opened(agent)
    answers = await asyncio.gather(*(patched(agent, ticket, 1, subject=f"Edit {index}") for index in range(50)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] + [412] * 49
    assert (await row_of(pool, ticket))["version"] == 2
    assert await pool.fetchval("SELECT count(*) FROM domain_events WHERE aggregate_id = $1", UUID(ticket["id"])) == 2


async def test_custom_fields_are_merged_by_key(admin: Someone, agent: Someone, pool: Pool) -> None:
    key = f"floor_{uuid7().hex[-8:]}"
    other = f"{key}_note"
    for name, kind in ((key, "number"), (other, "text")):
        created = await admin.client.post("/v1/ticket-fields", json={"key": name, "label": "Floor", "type": kind})
        assert created.status_code == 201
    ticket = await opened(agent, custom_fields={key: 3})
    await patched(agent, ticket, 1, custom_fields={other: "left door"})
    assert (await row_of(pool, ticket))["custom_fields"] == {key: 3, other: "left door"}
    await patched(agent, ticket, 2, custom_fields={key: None})
    assert (await row_of(pool, ticket))["custom_fields"] == {other: "left door"}
    unknown = await patched(agent, ticket, 3, custom_fields={"nobody_knows": 1})
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "/custom_fields/nobody_knows")
    wrong = await patched(agent, ticket, 3, custom_fields={key: "three"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "custom_field.invalid")


async def test_a_stranger_to_the_ticket_cannot_tell_that_it_exists(
    customer: Someone, other_customer: Someone, pool: Pool
) -> None:
    ticket = await opened(customer)
    missing = {"id": str(uuid7())}
    headers = {"If-Match": '"v1"'}
    for method, suffix, body in (
        ("PATCH", "", {"subject": "x"}),
        ("POST", "/messages", {"body": "x", "visibility": "public"}),
        ("POST", "/status", {"status": "solved"}),
        ("DELETE", "", None),
    ):
        foreign, unknown = [
            await other_customer.client.request(method, f"/v1/tickets/{one['id']}{suffix}", json=body, headers=headers)
            for one in (ticket, missing)
        ]
        assert (foreign.status_code, unknown.status_code) == (404, 404)
        assert foreign.json()["code"] == unknown.json()["code"] == "ticket.not_found"
    assert (await row_of(pool, ticket))["version"] == 1


async def test_a_customer_does_not_change_or_delete_their_own(customer: Someone) -> None:
    ticket = await opened(customer)
    assert (await patched(customer, ticket, 1, priority="urgent")).status_code == 403
    answer = await customer.client.delete(f"/v1/tickets/{ticket['id']}", headers={"If-Match": '"v1"'})
    assert answer.status_code == 403


async def test_a_sharing_organization_reads_but_does_not_write(
    sign_in: SignIn, unit_of_work: UnitOfWorkFactory
) -> None:
    organization = await stored_organization(unit_of_work, shares_tickets=True)
    owner, colleague = [await sign_in("customer", organization.id) for _ in range(2)]
    ticket = await opened(owner)
    answer = await colleague.client.post(
        f"/v1/tickets/{ticket['id']}/messages", json={"body": "Me too", "visibility": "public"}
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "ticket.forbidden")


async def test_only_admins_delete(agent: Someone, admin: Someone, pool: Pool) -> None:
    ticket = await opened(agent)
    path, headers = f"/v1/tickets/{ticket['id']}", {"If-Match": '"v1"'}
    assert (await agent.client.delete(path, headers=headers)).status_code == 403
    assert (await admin.client.delete(path)).status_code == 428
    answer = await admin.client.delete(path, headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "Consistency-Token" in answer.headers
    assert await row_of(pool, ticket) is None
    assert (await admin.client.delete(path, headers=headers)).status_code == 404
