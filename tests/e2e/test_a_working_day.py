"""What people do with it, from the first question to the solution."""

from __future__ import annotations

from tests.support.desk import Caller, expect, open_ticket, step, waiting_for
from tests.support.eventually import eventually
from tests.support.words import word


async def test_a_question_is_asked_answered_and_solved(customer: Caller, agent: Caller) -> None:
    unique, note = word(), word()
    ticket = await open_ticket(customer, subject=f"The printer prints {unique}", body="Stripes on every page.")
    path = f"/v1/tickets/{ticket['id']}"

    seen = expect(await agent.read.get(path, headers=waiting_for(ticket["token"])))
    assert (seen["status"], seen["requester"]["name"]) == ("new", customer.name)
    assert [message["body"] for message in seen["messages"]] == ["Stripes on every page."]

    assigned = await agent.write.patch(path, json={"assignee_id": agent.id}, headers={"If-Match": ticket["etag"]})
    expect(assigned)
    noted = await agent.write.post(f"{path}/messages", json={"body": f"Known fault {note}", "visibility": "internal"})
    expect(noted, 201)
    answered = await agent.write.post(f"{path}/messages", json={"body": "Clean the drum.", "visibility": "public"})
    expect(answered, 201)

    headers = waiting_for(answered.headers["Consistency-Token"])
    for_customer = expect(await customer.read.get(path, headers=headers))
    assert [message["body"] for message in for_customer["messages"]] == ["Stripes on every page.", "Clean the drum."]
    assert for_customer["assignee"] == {"id": agent.id, "name": agent.name}
    assert for_customer["status"] == "open"
    for_agent = expect(await agent.read.get(path, headers=headers))
    assert [message["visibility"] for message in for_agent["messages"]] == ["public", "internal", "public"]

    solved = await step(agent, f"{path}/status", answered.headers["ETag"], status="solved")
    assert expect(solved)["status"] == "solved"
    headers = waiting_for(solved.headers["Consistency-Token"])
    done = expect(await customer.read.get("/v1/tickets", params={"status": "solved"}, headers=headers))
    assert ticket["id"] in [item["id"] for item in done["items"]]

    reopened = await customer.write.post(f"{path}/messages", json={"body": "Not quite.", "visibility": "public"})
    headers = waiting_for(reopened.headers["Consistency-Token"])
    again = expect(await customer.read.get(path, headers=headers))
    assert (again["status"], again["solved_at"]) == ("open", None)


async def test_a_forbidden_step_names_the_allowed_ones(customer: Caller, agent: Caller) -> None:
    ticket = await open_ticket(customer)
    closed = await step(agent, f"/v1/tickets/{ticket['id']}/status", ticket["etag"], status="closed")
    problem = expect(closed, 409)
    assert problem["code"] == "ticket.transition_not_allowed"
    assert "open" in problem["allowed"] and "closed" not in problem["allowed"]


async def test_a_ticket_is_found_by_the_name_of_a_person(customer: Caller, agent: Caller) -> None:
    ticket = await open_ticket(customer)
    surname = customer.name.split()[-1]
    headers = waiting_for(ticket["token"])
    answer = await agent.read.get("/v1/search/tickets", params={"q": f'requester:"{customer.name}"'}, headers=headers)
    assert ticket["id"] in [item["id"] for item in expect(answer)["items"]]
    plain = await agent.read.get("/v1/search/tickets", params={"q": surname}, headers=headers)
    assert ticket["id"] in [item["id"] for item in expect(plain)["items"]]


async def test_a_renamed_group_shows_its_new_name_on_its_tickets(admin: Caller, agent: Caller) -> None:
    group = await admin.write.post("/v1/groups", json={"name": word()})
    created = expect(group, 201)
    ticket = await open_ticket(agent, group_id=created["id"])
    new_name = f"Team {word()}"
    renamed = await admin.write.patch(
        f"/v1/groups/{created['id']}", json={"name": new_name}, headers={"If-Match": group.headers["ETag"]}
    )
    expect(renamed)
    expect(await agent.read.get(f"/v1/tickets/{ticket['id']}", headers=waiting_for(ticket["token"])))

    async def shows_the_new_name() -> bool:
        seen = expect(await agent.read.get(f"/v1/tickets/{ticket['id']}"))
        assert seen["group"] == {"id": created["id"], "name": new_name}
        assert seen["version"] == 1
        return True

    assert await eventually(shows_the_new_name, timeout_s=5)


async def test_an_interrupted_create_is_repeated_without_a_second_ticket(customer: Caller) -> None:
    key, unique = {"Idempotency-Key": word()}, word()
    body = {"subject": unique, "body": "Sent twice."}
    first = await customer.write.post("/v1/tickets", json=body, headers=key)
    second = await customer.write.post("/v1/tickets", json=body, headers=key)
    assert expect(first, 201) == expect(second, 201)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    for header in ("Location", "ETag"):
        assert second.headers[header] == first.headers[header]
    headers = waiting_for(second.headers["Consistency-Token"])
    found = expect(await customer.read.get("/v1/search/tickets", params={"q": unique}, headers=headers))
    assert found["total"]["value"] == 1
