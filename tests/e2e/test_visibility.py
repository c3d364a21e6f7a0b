"""A secret word in an internal note must behave like a word that does not exist, for everybody but staff."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from tests.support.desk import Caller, expect, open_ticket, publish_document, waiting_for, write_document
from tests.support.people import People
from tests.support.words import word

TICKET_SEARCHES = ("/v1/search/tickets", "/v1/search")


class Secret:
    """A ticket whose internal note has a word that nothing else has."""

    def __init__(self, ticket: dict[str, Any], secret: str, subject: str, token: str) -> None:
        self.ticket = ticket
        self.secret = secret
        self.subject = subject
        self.headers = waiting_for(token)


@pytest_asyncio.fixture(scope="module")
async def secret(people: People) -> Secret:
    subject, hidden = word(), word()
    ticket = await open_ticket(people.customer, subject=f"Question {subject}")
    note = {"body": f"He owes us money, {hidden} says", "visibility": "internal"}
    noted = await people.agent.write.post(f"/v1/tickets/{ticket['id']}/messages", json=note)
    expect(noted, 201)
    return Secret(ticket, hidden, subject, noted.headers["Consistency-Token"])


def without_volatile(answer: dict[str, Any], *words: str) -> str:
    """The answer as text, with the asked words alike, so that two answers can be compared."""
    text = repr({name: value for name, value in answer.items() if name not in ("took_ms",)})
    for one in words:
        text = text.replace(one, "WORD")
    return text


@pytest.mark.parametrize("path", TICKET_SEARCHES)
async def test_staff_find_the_note(secret: Secret, agent: Caller, path: str) -> None:
    found = expect(await agent.read.get(path, params={"q": secret.secret}, headers=secret.headers))
    assert [item["id"] for item in found["items"]] == [secret.ticket["id"]]
    assert secret.secret in repr(found["items"][0]["highlights"])


@pytest.mark.parametrize("who", ["customer", "other_customer"])
@pytest.mark.parametrize("path", TICKET_SEARCHES)
@pytest.mark.parametrize("facets", [None, "status,priority,tags"])
async def test_for_customers_the_word_does_not_exist(
    secret: Secret, people: People, who: str, path: str, facets: str | None
) -> None:
    caller: Caller = getattr(people, who)
    params = {"facets": facets} if facets and path == "/v1/search/tickets" else {}
    never_written = word()
    asked = await caller.read.get(path, params={"q": secret.secret, **params}, headers=secret.headers)
    control = await caller.read.get(path, params={"q": never_written, **params}, headers=secret.headers)
    answer = expect(asked)
    assert answer["items"] == []
    assert answer["total"] == {"value": 0, "relation": "eq"}
    assert without_volatile(answer, secret.secret) == without_volatile(expect(control), never_written)


@pytest.mark.parametrize("query", ["{s}", '"{s}"', "{s}*", "body:{s}", 'owes "{s} says"', "{p}", "-nothing {s}"])
async def test_no_form_of_the_query_reaches_the_note(secret: Secret, customer: Caller, query: str) -> None:
    text = query.format(s=secret.secret, p=secret.secret[:-2])
    answer = await customer.read.get("/v1/search/tickets", params={"q": text}, headers=secret.headers)
    if answer.status_code == 422:
        assert answer.json()["code"].startswith("query.")
    else:
        assert expect(answer)["total"]["value"] == 0


async def test_the_customer_finds_the_ticket_but_sees_nothing_of_the_note(secret: Secret, customer: Caller) -> None:
    params = {"q": f"{secret.subject}", "facets": "status,tags"}
    found = await customer.read.get("/v1/search/tickets", params=params, headers=secret.headers)
    assert expect(found)["total"]["value"] == 1
    path = f"/v1/tickets/{secret.ticket['id']}"
    answers = [found]
    for more in ("", "/messages", "/history"):
        answer = await customer.read.get(path + more, headers=secret.headers)
        expect(answer)
        answers.append(answer)
    for answer in answers:
        assert secret.secret not in answer.text
        assert "internal" not in answer.text
    assert len(answers[2].json()["items"]) == 1
    assert len((await customer.read.get("/v1/tickets", headers=secret.headers)).json()["items"]) >= 1


async def test_suggestions_never_offer_what_is_hidden(secret: Secret, people: People) -> None:
    for caller in (people.customer, people.other_customer, people.anonymous):
        answer = await caller.read.get("/v1/suggest", params={"q": secret.secret[:-1]}, headers=secret.headers)
        assert secret.secret not in answer.text
        assert expect(answer)["items"] == []


async def test_another_customer_sees_nothing_of_the_ticket(secret: Secret, other_customer: Caller) -> None:
    for path in (f"/v1/tickets/{secret.ticket['id']}", f"/v1/tickets/{secret.ticket['number']}"):
        for more in ("", "/messages", "/history"):
            answer = await other_customer.read.get(path + more, headers=secret.headers)
            assert answer.status_code == 404, answer.text
            assert secret.subject not in answer.text
    found = await other_customer.read.get("/v1/search/tickets", params={"q": secret.subject}, headers=secret.headers)
    assert expect(found)["total"]["value"] == 0
    offered = await other_customer.read.get("/v1/suggest", params={"q": secret.subject[:-1]}, headers=secret.headers)
    assert expect(offered)["items"] == []
    written = await other_customer.write.post(
        f"/v1/tickets/{secret.ticket['id']}/messages", json={"body": "Let me in.", "visibility": "public"}
    )
    assert written.status_code == 404, written.text


async def test_nobody_in_particular_reads_no_tickets(secret: Secret, anonymous: Caller) -> None:
    for path in (
        "/v1/tickets",
        f"/v1/tickets/{secret.ticket['id']}",
        "/v1/search/tickets?q=x",
        "/v1/users",
        "/v1/counts",
    ):
        answer = await anonymous.read.get(path)
        assert answer.status_code == 401, f"{path}: {answer}"
        assert answer.json()["code"] == "authentication.required"


async def test_an_organization_that_shares_lets_its_people_read(people: People) -> None:
    admin, desk_words = people.admin, word()
    answers = {}
    for shares in (True, False):
        body = {"name": f"{desk_words} {shares}", "shares_tickets": shares}
        answers[shares] = expect(await admin.write.post("/v1/organizations", json=body), 201)["id"]
    for shares, organization_id in answers.items():
        subject = word()
        pair = []
        for _ in range(2):
            body = {"name": f"Member {word()}", "email": f"{word()}@tests.example.com", "role": "customer"}
            body |= {"organization_id": organization_id, "password": "correct-horse-battery-staple"}
            created = await admin.write.post("/v1/users", json=body)
            pair.append((expect(created, 201)["id"], body["email"], created.headers["Consistency-Token"]))
        ticket = await open_ticket(admin, requester_id=pair[0][0], subject=subject)
        assert ticket["number"] > 0
        _, email, known = pair[1]
        session = await people.anonymous.write.post(
            "/v1/sessions", json={"email": email, "password": "correct-horse-battery-staple"}
        )
        colleague = {"Authorization": f"Bearer {expect(session, 201)['access_token']}"}
        expect(await people.anonymous.read.get("/v1/tickets", headers={**colleague, **waiting_for(known)}))
        found = await people.anonymous.read.get(
            "/v1/search/tickets", params={"q": subject}, headers={**colleague, **waiting_for(ticket["token"])}
        )
        assert expect(found)["total"]["value"] == (1 if shares else 0)


@pytest.mark.parametrize(
    ("visibility", "readers"),
    [
        ("public", {"anonymous", "customer", "agent"}),
        ("customers", {"customer", "agent"}),
        ("agents", {"agent"}),
    ],
)
async def test_a_published_document_is_found_by_its_readers_only(
    people: People, visibility: str, readers: set[str]
) -> None:
    title = word()
    document = await publish_document(people.agent, people.reviewer, title=f"How {title}", visibility=visibility)
    headers = waiting_for(document["token"])
    for who in ("anonymous", "customer", "agent"):
        caller: Caller = getattr(people, who)
        for path in ("/v1/search/documents", "/v1/search"):
            found = expect(await caller.read.get(path, params={"q": title}, headers=headers))
            assert found["total"]["value"] == (1 if who in readers else 0), (who, path)
        for reference in (document["id"], document["slug"]):
            by_id = await caller.read.get(f"/v1/documents/{reference}", headers=headers)
            assert by_id.status_code == (200 if who in readers else 404), (who, by_id.text)
        offered = expect(await caller.read.get("/v1/suggest", params={"q": title[:7]}, headers=headers))
        assert bool(offered["items"]) == (who in readers), who


async def test_a_draft_is_seen_by_staff_only(people: People) -> None:
    title = word()
    draft = await write_document(people.agent, title=title)
    headers = waiting_for(draft["token"])
    for caller in (people.anonymous, people.customer):
        found = expect(await caller.read.get("/v1/search/documents", params={"q": title}, headers=headers))
        assert found["total"]["value"] == 0
        answer = await caller.read.get(f"/v1/documents/{draft['id']}", headers=headers)
        assert answer.status_code == 404, answer.text
    seen = expect(await people.agent.read.get(f"/v1/documents/{draft['id']}", headers=headers))
    assert (seen["title"], seen["status"]) == (title, "draft")
