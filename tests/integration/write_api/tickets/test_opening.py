from __future__ import annotations

from uuid import UUID

import httpx
import pytest

from domain.shared.ids import uuid7
from runtime.consistency import ConsistencyToken
from tests.integration.write_api.conftest import SignIn, Someone, opened, stored_organization
from write_api.persistence.unit_of_work import Pool, UnitOfWorkFactory

pytestmark = pytest.mark.integration
PATH = "/v1/tickets"


def pointers(answer: httpx.Response) -> list[str]:
    return [error["pointer"] for error in answer.json()["errors"]]


async def test_the_answer_says_where_which_version_and_what_to_wait_for(customer: Someone, pool: Pool) -> None:
    answer = await customer.client.post(PATH, json={"subject": "  Help ", "body": "Please."})
    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {"id", "version", "number"}
    assert answer.headers["Location"] == f"{PATH}/{body['id']}"
    assert answer.headers["ETag"] == '"v1"'
    token = ConsistencyToken.decode(answer.headers["Consistency-Token"])
    assert (token.aggregate_type, token.aggregate_id, token.version) == ("ticket", UUID(body["id"]), 1)
    row = await pool.fetchrow("SELECT * FROM tickets WHERE id = $1", UUID(body["id"]))
    assert row is not None
    assert (row["number"], row["subject"], row["requester_id"]) == (body["number"], "Help", customer.user.id)
    assert (row["status"], row["priority"], row["channel"]) == ("new", "normal", "api")
    xids = await pool.fetch("SELECT DISTINCT xid::text FROM outbox WHERE aggregate_id = $1", UUID(body["id"]))
    assert [int(found["xid"]) for found in xids] == [token.xid]


async def test_an_agent_opens_one_for_somebody_with_everything(agent: Someone, customer: Someone, pool: Pool) -> None:
    body = await opened(
        agent,
        requester_id=customer.id,
        assignee_id=agent.id,
        priority="urgent",
        type="incident",
        tags=["VPN", "vpn", "office"],
        locale="pt-br",
    )
    row = await pool.fetchrow("SELECT * FROM tickets WHERE id = $1", UUID(body["id"]))
    assert row is not None
    assert (row["requester_id"], row["assignee_id"]) == (customer.user.id, agent.user.id)
    assert (row["priority"], row["type"], row["tags"], row["locale"]) == (
        "urgent",
        "incident",
        ["vpn", "office"],
        "pt-BR",
    )
    author = await pool.fetchval("SELECT author_id FROM messages WHERE ticket_id = $1", UUID(body["id"]))
    assert author == agent.user.id


async def test_a_ticket_belongs_to_its_requesters_organization(
    sign_in: SignIn, agent: Someone, unit_of_work: UnitOfWorkFactory, pool: Pool
) -> None:
    organization = await stored_organization(unit_of_work, shares_tickets=False)
    member = await sign_in("customer", organization.id)
    body = await opened(agent, requester_id=member.id)
    organization_id = await pool.fetchval("SELECT organization_id FROM tickets WHERE id = $1", UUID(body["id"]))
    assert organization_id == organization.id


@pytest.mark.parametrize("name", ["requester_id", "assignee_id", "group_id", "organization_id"])
async def test_an_unknown_id_is_pointed_at(agent: Someone, pool: Pool, name: str) -> None:
    subject = f"unknown {uuid7()}"
    answer = await agent.client.post(PATH, json={"subject": subject, "body": "x", name: str(uuid7())})
    assert answer.status_code == 422
    assert answer.json()["code"] == "reference.unknown"
    assert pointers(answer) == [f"/{name}"]
    assert await pool.fetchval("SELECT count(*) FROM tickets WHERE subject = $1", subject) == 0


async def test_a_ticket_is_assigned_to_staff_only(agent: Someone, customer: Someone) -> None:
    answer = await agent.client.post(PATH, json={"subject": "x", "body": "x", "assignee_id": customer.id})
    assert (answer.status_code, answer.json()["code"]) == (422, "ticket.assignee_not_allowed")
    assert pointers(answer) == ["/assignee_id"]


@pytest.mark.parametrize(
    ("name", "value"), [("tags", ["vip"]), ("assignee_id", None), ("organization_id", None), ("group_id", None)]
)
async def test_a_customer_leaves_the_desks_fields_alone(
    customer: Someone, agent: Someone, name: str, value: object
) -> None:
    given = {"subject": "x", "body": "x", name: value or agent.id}
    answer = await customer.client.post(PATH, json=given)
    assert (answer.status_code, answer.json()["code"]) == (403, "ticket.forbidden")
    assert pointers(answer) == [f"/{name}"]


async def test_a_customer_opens_for_nobody_else(customer: Someone, other_customer: Someone) -> None:
    answer = await customer.client.post(PATH, json={"subject": "x", "body": "x", "requester_id": other_customer.id})
    assert (answer.status_code, pointers(answer)) == (403, ["/requester_id"])
    own = await customer.client.post(PATH, json={"subject": "x", "body": "x", "requester_id": customer.id})
    assert own.status_code == 201


async def test_a_stranger_opens_nothing(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.post(PATH, json={"subject": "x", "body": "x"})
    assert (answer.status_code, answer.json()["code"]) == (401, "authentication.required")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_an_ended_session_counts_at_once(sign_in: SignIn, pool: Pool) -> None:
    someone = await sign_in("agent")
    await opened(someone)
    await pool.execute("UPDATE sessions SET revoked_at = now() WHERE id = $1", someone.session.id)
    answer = await someone.client.post(PATH, json={"subject": "x", "body": "x"})
    assert (answer.status_code, answer.json()["code"]) == (401, "token.invalid")


async def test_a_deactivated_user_does_nothing_any_more(sign_in: SignIn, pool: Pool) -> None:
    someone = await sign_in("agent")
    await pool.execute("UPDATE users SET active = false WHERE id = $1", someone.user.id)
    assert (await someone.client.post(PATH, json={"subject": "x", "body": "x"})).status_code == 401


async def test_a_demotion_counts_at_once(sign_in: SignIn, pool: Pool, customer: Someone) -> None:
    someone = await sign_in("agent")
    await pool.execute("UPDATE users SET role = 'customer' WHERE id = $1", someone.user.id)
    answer = await someone.client.post(PATH, json={"subject": "x", "body": "x", "requester_id": customer.id})
    assert answer.status_code == 403


async def test_history_names_who_did_it_and_in_which_request(agent: Someone, pool: Pool) -> None:
    answer = await agent.client.post(
        PATH, json={"subject": "x", "body": "x"}, headers={"X-Request-ID": "request-of-the-test"}
    )
    event = await pool.fetchrow(
        "SELECT actor_id, request_id FROM domain_events WHERE aggregate_id = $1", UUID(answer.json()["id"])
    )
    assert event is not None
    assert tuple(event) == (agent.user.id, "request-of-the-test")


async def test_the_trace_goes_on_in_the_outbox(agent: Someone, pool: Pool) -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    for sent, kept in ((trace, trace), ("nonsense", None)):
        answer = await agent.client.post(PATH, json={"subject": "x", "body": "x"}, headers={"traceparent": sent})
        stored = await pool.fetchval(
            "SELECT trace_context FROM outbox WHERE aggregate_id = $1", UUID(answer.json()["id"])
        )
        assert stored == kept
