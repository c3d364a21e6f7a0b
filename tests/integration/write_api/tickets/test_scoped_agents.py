"""Agents who see only the tickets of their groups, beside those assigned to them or requested by them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import pytest_asyncio

from domain.identity.group import Group
from tests.integration.write_api.conftest import SignIn, Someone, opened
from tests.support.desk import expect, problem
from tests.support.files import PNG


@pytest_asyncio.fixture(scope="module")
async def scoped(sign_in: SignIn, group: Group) -> Someone:
    return await sign_in("agent", ticket_access="groups", group_ids=[group.id])


async def patch(someone: Someone, ticket: dict[str, Any], **changes: Any) -> httpx.Response:
    return await someone.client.patch(f"/v1/tickets/{ticket['id']}", json=changes, headers={"If-Match": "*"})


def a(someone_or_group: Someone | Group) -> str:
    return str(someone_or_group.id)


@pytest.mark.parametrize(
    "request_",
    [
        ("PATCH", "", {"subject": "Mine now"}),
        ("PATCH", "", {"group_id": None, "assignee_id": None}),
        ("DELETE", "", None),
        ("POST", "/messages", {"body": "x", "visibility": "internal"}),
        ("POST", "/messages", {"body": "x", "visibility": "public"}),
        ("POST", "/status", {"status": "solved"}),
    ],
)
async def test_a_hidden_ticket_is_not_there_for_any_command(
    agent: Someone, scoped: Someone, elsewhere: Group, request_: tuple[str, str, Any]
) -> None:
    method, path, body = request_
    for fields in ({}, {"group_id": a(elsewhere)}, {"assignee_id": a(agent)}):
        ticket = await opened(agent, **fields)
        more = {} if body is None else {"json": body}
        answer = await scoped.client.request(
            method, f"/v1/tickets/{ticket['id']}{path}", headers={"If-Match": "*"}, **more
        )
        problem(answer, 404, "ticket.not_found")


async def test_a_file_hangs_on_no_message_of_a_hidden_ticket_and_waits_on(
    agent: Someone, scoped: Someone, group: Group, elsewhere: Group
) -> None:
    uploaded = await scoped.client.post("/v1/attachments", params={"file_name": "a.png"}, content=PNG)
    attachment_id = expect(uploaded, 201)["id"]
    message = {"body": "x", "visibility": "internal", "attachment_ids": [attachment_id]}
    hidden, seen = await opened(agent, group_id=a(elsewhere)), await opened(agent, group_id=a(group))
    refused = await scoped.client.post(f"/v1/tickets/{hidden['id']}/messages", json=message)
    problem(refused, 404, "ticket.not_found")
    expect(await scoped.client.post(f"/v1/tickets/{seen['id']}/messages", json=message), 201)


async def test_a_hidden_ticket_is_not_taken_by_assigning_it(scoped: Someone, agent: Someone, group: Group) -> None:
    ticket = await opened(agent)
    for grab in ({"assignee_id": a(scoped)}, {"group_id": a(group)}):
        problem(await patch(scoped, ticket, **grab), 404, "ticket.not_found")


async def test_who_gives_a_ticket_away_loses_sight_of_it(
    scoped: Someone, agent: Someone, group: Group, elsewhere: Group
) -> None:
    ticket = await opened(agent, group_id=a(group))
    expect(await patch(scoped, ticket, subject="Looked at"))
    expect(await patch(scoped, ticket, group_id=a(elsewhere)))
    problem(await patch(scoped, ticket, group_id=a(group)), 404, "ticket.not_found")
    expect(await patch(agent, ticket, assignee_id=a(scoped)))
    expect(await patch(scoped, ticket, subject="Mine, wherever it is"))
    expect(await patch(scoped, ticket, assignee_id=None))
    problem(await patch(scoped, ticket, subject="x"), 404, "ticket.not_found")


async def test_what_they_request_themselves_stays_theirs(scoped: Someone, agent: Someone, elsewhere: Group) -> None:
    ticket = await opened(scoped, group_id=a(elsewhere))
    expect(await patch(scoped, ticket, priority="high"))
    # Opened for somebody else and for another group it is out of their hands.
    customer_s = await opened(scoped, requester_id=a(agent), group_id=a(elsewhere))
    problem(await patch(scoped, customer_s, priority="high"), 404, "ticket.not_found")


async def test_rights_count_from_the_next_command_on(
    sign_in: SignIn, admin: Someone, agent: Someone, group: Group
) -> None:
    limited = await sign_in("agent")
    ticket = await opened(agent, group_id=a(group))
    expect(await patch(limited, ticket, subject="1"))
    for rights, status in (
        ({"ticket_access": "groups"}, 404),
        ({"group_ids": [a(group)]}, 200),
        ({"group_ids": []}, 404),
        ({"ticket_access": "all"}, 200),
    ):
        path = f"/v1/users/{limited.id}"
        expect(await admin.client.patch(path, json=rights, headers={"If-Match": "*"}))
        assert (await patch(limited, ticket, subject=f"{rights}")).status_code == status, rights


async def test_they_put_nobody_into_an_organization(scoped: Someone, admin: Someone) -> None:
    made = await admin.client.post("/v1/organizations", json={"name": f"Org {scoped.id}", "shares_tickets": True})
    organization_id = expect(made, 201)["id"]
    customer = {"name": "New", "email": f"new-{scoped.id}@example.com"}
    refused = await scoped.client.post("/v1/users", json={**customer, "organization_id": organization_id})
    assert problem(refused, 403, "user.forbidden")["errors"][0]["pointer"] == "/organization_id"
    user_id = expect(await scoped.client.post("/v1/users", json=customer), 201)["id"]
    for path, body in (
        (f"/v1/users/{user_id}", {"organization_id": organization_id}),
        (f"/v1/organizations/{organization_id}", {"shares_tickets": False}),
    ):
        assert (await scoped.client.patch(path, json=body, headers={"If-Match": "*"})).status_code == 403
    assert (await scoped.client.post("/v1/organizations", json={"name": "New"})).status_code == 403
