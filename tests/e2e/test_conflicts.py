"""Two people, or one person twice: nobody's change is lost, nothing is done twice."""

from __future__ import annotations

import asyncio

from tests.support.desk import expect, open_ticket, problem, waiting_for, write_document
from tests.support.people import People
from tests.support.words import word

GOOD = {"subject": "Printer", "body": "Stripes."}


async def test_a_change_needs_the_current_etag(people: People) -> None:
    ticket = await open_ticket(people.customer)
    path = f"/v1/tickets/{ticket['id']}"
    change = {"priority": "high"}
    problem(await people.agent.write.patch(path, json=change), 428, "if_match.required")
    malformed = await people.agent.write.patch(path, json=change, headers={"If-Match": "v1"})
    problem(malformed, 400, "if_match.malformed")
    changed = await people.agent.write.patch(path, json=change, headers={"If-Match": ticket["etag"]})
    expect(changed)
    stale = await people.agent.write.patch(path, json={"priority": "low"}, headers={"If-Match": ticket["etag"]})
    assert problem(stale, 412, "version_mismatch")["current_version"] == 2
    assert stale.headers["ETag"] == '"v2"'
    seen = expect(await people.agent.read.get(path, headers=waiting_for(changed.headers["Consistency-Token"])))
    assert seen["priority"] == "high"
    document = await write_document(people.agent)
    for method, step_path in (("PUT", "draft"), ("POST", "submit")):
        body = {"title": "T", "body": "B"} if method == "PUT" else {}
        answer = await people.agent.write.request(method, f"/v1/documents/{document['id']}/{step_path}", json=body)
        problem(answer, 428, "if_match.required")


async def test_an_idempotency_key_belongs_to_one_request(people: People) -> None:
    key = {"Idempotency-Key": word()}
    expect(await people.customer.write.post("/v1/tickets", json=GOOD, headers=key), 201)
    other_body = await people.customer.write.post("/v1/tickets", json={**GOOD, "subject": "Another"}, headers=key)
    assert problem(other_body, 422, "idempotency.key_reused")["errors"][0]["header"] == "Idempotency-Key"
    expect(await people.other_customer.write.post("/v1/tickets", json=GOOD, headers=key), 201)
    bad_key = await people.customer.write.post("/v1/tickets", json=GOOD, headers={"Idempotency-Key": "x" * 256})
    problem(bad_key, 422, "request.invalid")


async def test_of_many_edits_of_one_version_exactly_one_wins(people: People) -> None:
    ticket = await open_ticket(people.customer)
    headers = {"If-Match": ticket["etag"]}
    edits = [
        people.agent.write.patch(f"/v1/tickets/{ticket['id']}", json={"subject": f"Edit {n}"}, headers=headers)
        for n in range(50)
    ]
    statuses = sorted(answer.status_code for answer in await asyncio.gather(*edits))
    assert statuses == [200] + [412] * 49


async def test_of_many_creates_with_one_key_exactly_one_creates(people: People) -> None:
    unique = word()
    body = {"subject": unique, "body": "Sent many times at once."}
    headers = {"Idempotency-Key": unique}
    creates = [people.customer.write.post("/v1/tickets", json=body, headers=headers) for _ in range(20)]
    answers = await asyncio.gather(*creates)
    created = [answer for answer in answers if answer.status_code == 201]
    assert created
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in created}) == 1
    for refused in answers:
        if refused.status_code == 409:
            problem(refused, 409, "idempotency.in_flight")
    headers = waiting_for(created[0].headers["Consistency-Token"])
    found = expect(await people.customer.read.get("/v1/search/tickets", params={"q": unique}, headers=headers))
    assert found["total"]["value"] == 1


async def test_many_answers_at_once_are_all_kept_in_order(people: People) -> None:
    ticket = await open_ticket(people.customer)
    path = f"/v1/tickets/{ticket['id']}/messages"
    posts = [people.agent.write.post(path, json={"body": f"Answer {n}", "visibility": "public"}) for n in range(20)]
    answers = await asyncio.gather(*posts)
    positions = sorted(expect(answer, 201)["position"] for answer in answers)
    assert positions == list(range(2, 22))
    last = max(answers, key=lambda answer: int(answer.json()["version"]))
    headers = waiting_for(last.headers["Consistency-Token"])
    thread = expect(await people.customer.read.get(path, params={"limit": 100}, headers=headers))
    assert sorted(message["body"] for message in thread["items"][1:]) == sorted(f"Answer {n}" for n in range(20))
