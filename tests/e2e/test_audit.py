"""The audit log, from the command of one process to the answer of another."""

from __future__ import annotations

import secrets
from typing import Any

from tests.support.desk import Caller, expect, open_ticket, problem, step, waiting_for
from tests.support.eventually import eventually
from tests.support.people import People
from tests.support.served import Served
from tests.support.words import word


async def entries(admin: Caller, **params: Any) -> list[dict[str, Any]]:
    return list(expect(await admin.read.get("/v1/audit", params=params))["items"])


async def test_an_admin_sees_who_changed_whom_at_once(people: People, served: Served) -> None:
    admin = people.admin
    somebody = await served.desk.register(admin, "customer")
    changed = await admin.write.patch(
        f"/v1/users/{somebody.id}",
        json={"role": "agent", "name": "Ada New"},
        headers={"If-Match": "*", "User-Agent": "console/7", "X-Request-ID": f"audit-{somebody.id}"},
    )
    expect(changed)
    token = changed.headers["Consistency-Token"]
    page = await admin.read.get("/v1/audit", params={"aggregate_id": somebody.id}, headers=waiting_for(token))
    assert page.headers["Preference-Applied"] == "wait"
    by_type = {entry["type"]: entry for entry in expect(page)["items"]}
    assert set(by_type) == {"UserRegistered", "UserChanged", "UserRoleChanged"}
    role, rest = by_type["UserRoleChanged"], by_type["UserChanged"]
    assert role["data"] == {"before": "customer", "after": "agent"}
    assert rest["data"]["changes"] == {"name": {"before": somebody.name, "after": "Ada New"}}
    for entry in (role, rest):
        assert entry["actor"]["name"] == "Ada Admin"
        assert (entry["ip_address"], entry["user_agent"]) == ("127.0.0.1", "console/7")
        assert entry["request_id"] == f"audit-{somebody.id}"
        assert entry["session_id"]


async def test_signing_in_and_failing_to_are_both_there(people: People, served: Served) -> None:
    admin, stranger = people.admin, served.desk.anonymous
    client = f"guesser/{word()}"
    somebody = await served.desk.register(admin, "customer")
    for email in (somebody.email, f"{word()}@example.com"):
        answer = await stranger.write.post(
            "/v1/sessions",
            json={"email": email, "password": secrets.token_urlsafe(16)},
            headers={"User-Agent": client},
        )
        assert answer.status_code == 401

    async def both() -> list[dict[str, Any]] | None:
        found = [entry for entry in await entries(admin, type="SignInFailed") if entry["user_agent"] == client]
        return found if len(found) == 2 else None

    found = await eventually(both)
    assert found is not None
    unknown, known = found
    assert known["aggregate"] == {"type": "sign_in", "id": somebody.id, "version": 1}
    assert known["data"] == {"reason": "wrong_password"}
    assert unknown["aggregate"]["id"] is None and unknown["data"] == {"reason": "unknown_account"}
    assert (known["actor"], unknown["actor"]) == (None, None)
    started = await entries(admin, type="SessionStarted", actor=somebody.id)
    assert [entry["data"]["user_id"] for entry in started] == [somebody.id]


async def test_a_ticket_tells_all_that_was_done_to_it_even_when_it_is_gone(people: People) -> None:
    admin, agent = people.admin, people.agent
    ticket = await open_ticket(people.customer)
    solved = await step(agent, f"/v1/tickets/{ticket['id']}/status", ticket["etag"], status="open")
    expect(solved)
    deleted = await admin.write.delete(f"/v1/tickets/{ticket['id']}", headers={"If-Match": solved.headers["ETag"]})
    assert deleted.status_code == 204
    token = deleted.headers["Consistency-Token"]
    page = await admin.read.get("/v1/audit", params={"aggregate_id": ticket["id"]}, headers=waiting_for(token))
    told = [(entry["type"], entry["actor"]["id"]) for entry in expect(page)["items"]]
    assert [event_type for event_type, _ in told] == ["TicketDeleted", "TicketStatusChanged", "TicketOpened"]
    assert [actor for _, actor in told][1:] == [agent.id, people.customer.id]


async def test_nobody_else_reads_it(people: People) -> None:
    for caller in (people.agent, people.customer):
        problem(await caller.read.get("/v1/audit"), 403, "audit.forbidden")
    problem(await people.anonymous.read.get("/v1/audit"), 401, "authentication.required")
