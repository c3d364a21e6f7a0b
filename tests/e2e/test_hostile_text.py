"""Whatever people call themselves and write comes back as the text it is, and the little that is HTML is harmless."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.desk import expect, open_ticket, publish_document, waiting_for
from tests.support.harmless import faults
from tests.support.people import People
from tests.support.words import word

# Fields whose text is HTML; in everything else a browser is told that there is none.
HTML_FIELDS = frozenset({"html"})
ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[x](javascript:alert(1))",
    "</em><svg onload=alert(1)>",
)


@pytest.mark.parametrize("attack", ATTACKS)
async def test_nothing_that_people_write_can_run(people: People, attack: str) -> None:
    marker = word()
    text = f"{marker} {attack}"
    admin, agent, reviewer = people.admin, people.agent, people.reviewer
    email = f"{word()}@tests.example.com"
    await created(admin.write, "/v1/groups", name=text, description=text)
    await created(admin.write, "/v1/organizations", name=text)
    person = await created(admin.write, "/v1/users", email=email, name=text, role="customer")
    category = await created(admin.write, "/v1/categories", names={"en": text})
    document = await publish_document(agent, reviewer, title=text, body=text, category_id=category["id"], tags=[marker])
    ticket = await open_ticket(agent, subject=text, body=text, requester_id=person["id"], tags=[text[:100]])
    await agent.read.get("/v1/tickets", headers=waiting_for(document["token"]))
    shown = 0
    for path in (
        f"/v1/tickets/{ticket['id']}",
        f"/v1/tickets/{ticket['id']}/messages",
        f"/v1/tickets/{ticket['id']}/history",
        f"/v1/tickets?requester={person['id']}",
        f"/v1/search/tickets?q={marker}&facets=tags",
        f"/v1/search/documents?q={marker}&facets=category",
        f"/v1/search?q={marker}",
        f"/v1/suggest?q={marker}",
        f"/v1/documents/{document['id']}",
        f"/v1/documents?tag={marker}",
        f"/v1/users/{person['id']}",
        f"/v1/groups?q={marker}",
        f"/v1/organizations?q={marker}",
        "/v1/categories",
        f"/v1/audit?aggregate_id={ticket['id']}",
    ):
        answer = await admin.read.get(path, headers=waiting_for(ticket["token"]))
        body = expect(answer)
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        for where, html in html_in(body):
            assert faults(html) == [], f"{path} {where}"
            shown += 1
    # Of the ticket's message in two answers, of the document in one, and what was highlighted.
    assert shown >= 4


async def test_refusals_are_no_page_either(people: People) -> None:
    attack = "<script>alert(1)</script>"
    for answer in (
        await people.agent.read.get(f"/v1/{attack}"),
        await people.agent.read.get("/v1/tickets", params={attack: attack}),
        await people.agent.read.get("/v1/search/tickets", params={"q": "x", "facets": attack}),
        await people.agent.write.post("/v1/tickets", json={attack: attack}),
    ):
        assert 400 <= answer.status_code < 500
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def created(client: httpx.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
    return expect(await client.post(path, json=body), 201)


def html_in(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, item in value.items():
            if name in HTML_FIELDS and isinstance(item, str):
                yield f"{where}/{name}", item
            elif name == "highlights" and isinstance(item, dict):
                yield from ((f"{where}/{name}/{field}", text) for field, texts in item.items() for text in texts)
            else:
                yield from html_in(item, f"{where}/{name}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from html_in(item, f"{where}/{index}")
