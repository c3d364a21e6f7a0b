"""A word that somebody must not see is, for them, like a word that nobody ever wrote."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from tests.support.addresses import StoreAddresses
from tests.support.desk import Caller, expect, open_ticket, publish_document, write_document
from tests.support.house import House, open_house
from tests.support.words import word

FACETS = "status,priority,type,tags,assignee,group,organization"
TICKETS, EVERYTHING, DOCUMENTS = "/v1/search/tickets", "/v1/search", "/v1/search/documents"
Question = tuple[str, Mapping[str, str]]
# Asked with the secret and with a word that does not exist: `{w}` is it, `{p}` how it begins, `{c}` one in every text.
QUESTIONS: tuple[Question, ...] = (
    *((TICKETS, {"q": "{w}", "facets": FACETS, "sort": sort}) for sort in ("relevance", "-created_at", "priority")),
    *(
        (path, {"q": text})
        for path in (TICKETS, EVERYTHING)
        for text in ("{w}", '"{w}"', "{c} {w}", "{c} -{w}", "{c} there {w}", "tag:{w}", "{p}")
    ),
    (TICKETS, {"q": "subject:{w}"}),
    (TICKETS, {"q": 'requester:"{w}"'}),
    (TICKETS, {"q": 'assignee:"{w}" {c}'}),
    (TICKETS, {"q": "{c} -subject:{w} -tag:{w}", "facets": FACETS}),
    ("/v1/tickets", {"tag": "{w}"}),
    (DOCUMENTS, {"q": "{w}", "facets": "locale,category,tags"}),
    (DOCUMENTS, {"q": "{c} -{w}", "facets": "locale,category,tags"}),
    (DOCUMENTS, {"q": "title:{w}"}),
    (DOCUMENTS, {"q": "slug:{w}"}),
    ("/v1/documents", {"tag": "{w}"}),
    ("/v1/documents/{w}", {}),
    *(
        (f"{path}/export", {"q": text, "format": form})
        for path in ("/v1/tickets", "/v1/documents")
        for text in ("{w}", "{c} -{w}", "{c} {w} there", "tag:{w}")
        for form in ("jsonl", "csv")
    ),
    ("/v1/tickets/export", {"tag": "{w}"}),
    ("/v1/documents/export", {"tag": "{w}"}),
    ("/v1/suggest", {"q": "{p}"}),
    ("/v1/suggest", {"q": "{w}"}),
    ("/v1/counts", {}),
)
# Of people: staff may look for anybody.
OF_CUSTOMERS = (("/v1/users", {"q": "{w}"}), ("/v1/users", {"q": "{p}"}), ("/v1/organizations", {"q": "{w}"}))


@dataclass(frozen=True)
class Secrets:
    house: House
    callers: Mapping[str, Caller]
    # By who must not see them.
    hidden_from: Mapping[str, Mapping[str, str]]
    common: str


@pytest_asyncio.fixture(scope="module")
async def secrets(store_addresses: StoreAddresses, template: str) -> AsyncIterator[Secrets]:
    async with open_house(store_addresses, template) as house:
        yield await _made(house)


async def _made(house: House) -> Secrets:
    admin, common = house.admin, word()
    group, elsewhere = await house.group(word()), await house.group(word())
    callers = {
        "customer": await house.desk.register(admin, "customer"),
        "other": await house.desk.register(admin, "customer"),
        "scoped": await house.desk.register(admin, "agent", ticket_access="groups", group_ids=[group]),
        "agent": await house.desk.register(admin, "agent", group_ids=[group]),
    }
    said = {name: word() for name in ("subject", "body", "tag", "note", "title", "text", "slug", "draft", "person")}
    stranger = await house.desk.register(admin, "customer", name=said["person"])
    # Everybody finds something with the common word.
    for who in callers.values():
        await open_ticket(admin, requester_id=who.id, subject=f"{common} {word()}", group_id=group)
    own = await open_ticket(admin, requester_id=callers["customer"].id, subject=f"{common} {word()}", group_id=group)
    note = {"body": f"{said['note']} {common}", "visibility": "internal"}
    expect(await admin.write.post(f"/v1/tickets/{own['id']}/messages", json=note), 201)
    await open_ticket(
        admin,
        requester_id=stranger.id,
        group_id=elsewhere,
        subject=f"{common} {said['subject']}",
        body=f"{common} {said['body']}",
        tags=[said["tag"]],
    )
    await publish_document(admin, admin, title=f"{common} {word()}")
    hidden = {"visibility": "groups", "group_ids": [elsewhere], "tags": [said["tag"]]}
    title = f"{common} {said['title']}"
    await publish_document(admin, admin, title=title, body=f"{common} {said['text']}", slug=said["slug"], **hidden)
    await write_document(admin, title=f"{common} {said['draft']}", **hidden)
    await house.drain()
    of_documents = {name: said[name] for name in ("title", "text", "slug", "draft")}
    of_tickets = {name: said[name] for name in ("subject", "body", "tag")}
    of_customers = {**of_documents, **of_tickets, "note": said["note"], "person": said["person"]}
    hidden_from = {
        "customer": of_customers,
        "other": of_customers,
        "scoped": {**of_documents, **of_tickets},
        "agent": of_documents,
    }
    return Secrets(house, callers, hidden_from, common)


@pytest.mark.parametrize("who", ["customer", "other", "scoped", "agent"])
async def test_a_hidden_word_is_like_one_that_does_not_exist(secrets: Secrets, who: str) -> None:
    questions = [*QUESTIONS, *(OF_CUSTOMERS if who in ("customer", "other") else ())]
    controls = await _answers(secrets, who, questions, word())
    for name, secret in secrets.hidden_from[who].items():
        answers = await _answers(secrets, who, questions, secret)
        for (path, params), answer, control in zip(questions, answers, controls, strict=True):
            assert answer == control, (name, path, params)


async def test_who_may_see_them_finds_them(secrets: Secrets) -> None:
    """Or the comparison would prove nothing."""
    admin = secrets.house.admin
    for name, secret in secrets.hidden_from["customer"].items():
        path = {"person": "/v1/users", "slug": "/v1/search/documents"}.get(name, "/v1/search")
        text = {"slug": f"slug:{secret}", "tag": f"tag:{secret}"}.get(name, secret)
        params = {"q": text} if name != "draft" else {"q": text, "state": "draft"}
        found = expect(await admin.read.get("/v1/search/documents" if name == "draft" else path, params=params))
        assert found["items"], name


async def test_no_order_tells_of_what_is_hidden(secrets: Secrets) -> None:
    admin, customer = secrets.house.admin, secrets.callers["customer"]
    text = word()
    tickets = [await open_ticket(admin, requester_id=customer.id, subject=text, body=text) for _ in range(3)]
    await secrets.house.drain()

    async def order() -> list[str]:
        found = expect(await customer.read.get("/v1/search/tickets", params={"q": text}))
        return [item["id"] for item in found["items"]]

    before = await order()
    assert len(before) == 3
    # The last of them gets notes that would make it the first.
    note = {"body": f"{text} " * 50, "visibility": "internal"}
    expect(await admin.write.post(f"/v1/tickets/{before[-1]}/messages", json=note), 201)
    await open_ticket(admin, subject=f"{text} {text}")
    await secrets.house.drain()
    assert await order() == before
    assert {ticket["id"] for ticket in tickets} == set(before)


async def _answers(secrets: Secrets, who: str, questions: Sequence[Question], said: str) -> list[tuple[int, str]]:
    return await asyncio.gather(*(_answer(secrets, who, path, params, said) for path, params in questions))


async def _answer(secrets: Secrets, who: str, path: str, params: Mapping[str, str], said: str) -> tuple[int, str]:
    """What comes back, with the word that was asked for taken out."""
    words = {"w": said, "p": said[:8], "c": secrets.common}
    query = {name: value.format(**words) for name, value in params.items()}
    answer = await secrets.callers[who].read.get(path.format(**words), params=query or None)
    if answer.headers["Content-Type"].startswith(("application/x-ndjson", "text/csv")):
        told = answer.text
    else:
        body: dict[str, Any] = answer.json()
        for volatile in ("request_id", "next", "prev"):
            body.pop(volatile, None)
        told = repr(body)
    return answer.status_code, told.replace(said, "WORD").replace(said[:8], "BEGINNING")
