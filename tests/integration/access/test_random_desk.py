"""Everybody walks every way to read through a desk of chance, and finds what the oracle says: no more, no less."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest_asyncio

from tests.integration.access import random_desk
from tests.integration.access.random_desk import Member, RandomDesk
from tests.support.addresses import StoreAddresses
from tests.support.desk import Caller, expect, problem
from tests.support.house import open_house

SEED = int(os.environ.get("TIDEDESK_TEST_ACCESS_SEED", "20261126"))
FACETS = {"assignee": "assignee_id", "group": "group_id", "organization": "organization_id", "priority": "priority"}


@pytest_asyncio.fixture(scope="module")
async def desk(store_addresses: StoreAddresses, template: str) -> AsyncIterator[RandomDesk]:
    async with open_house(store_addresses, template) as house:
        made = await random_desk.make(house, SEED)
        await house.drain()
        yield made


def signed_in(desk: RandomDesk) -> Iterable[tuple[str, Member]]:
    return ((name, member) for name, member in desk.members.items() if member.person.id is not None)


async def pages(caller: Caller, path: str, **params: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    answer = expect(await caller.read.get(path, params={"limit": 7, **params}))
    while True:
        items += answer["items"]
        if answer["next"] is None:
            return items
        answer = expect(await caller.read.get(path, params={"limit": 7, **params, "cursor": answer["next"]}))


def ids(items: Iterable[dict[str, Any]]) -> list[str]:
    return sorted(item["id"] for item in items)


async def test_lists_of_tickets(desk: RandomDesk) -> None:
    for name, member in signed_in(desk):
        for sort in ("-created_at", "updated_at", "priority", "-number"):
            found = await pages(member.caller, "/v1/tickets", sort=sort)
            assert ids(found) == ids(desk.tickets_of(member)), (name, sort)
        for parameter, path in FACETS.items():
            for value in {ticket[path] for ticket in desk.tickets} - {None}:
                found = await pages(member.caller, "/v1/tickets", **{parameter: value})
                assert ids(found) == ids(desk.tickets_of(member, **{path: value})), (name, parameter)


async def test_searches_with_totals_and_facets(desk: RandomDesk) -> None:
    for name, member in signed_in(desk):
        seen = desk.tickets_of(member)
        params: dict[str, Any] = {"q": desk.common, "facets": ",".join(FACETS), "limit": 100}
        found = expect(await member.caller.read.get("/v1/search/tickets", params=params))
        assert ids(found["items"]) == ids(seen), name
        assert found["total"] == {"value": len(seen), "relation": "eq"}, name
        for facet, path in FACETS.items():
            counted = {one["value"]: one["count"] for one in found["facets"][facet]}
            assert counted == Counter(ticket[path] for ticket in seen if ticket[path] is not None), (name, facet)
        assert ids(await pages(member.caller, "/v1/search/tickets", q=desk.common)) == ids(seen), name


async def test_exports(desk: RandomDesk) -> None:
    for name, member in desk.members.items():
        documents = await exported(member.caller, "/v1/documents/export", q=desk.common)
        assert ids(documents) == ids(desk.documents_of(member)), name
    for name, member in signed_in(desk):
        for params in ({}, {"q": desk.common}):
            tickets = await exported(member.caller, "/v1/tickets/export", **params)
            assert ids(tickets) == ids(desk.tickets_of(member)), (name, params)


async def exported(caller: Caller, path: str, **params: str) -> list[dict[str, Any]]:
    answer = await caller.read.get(path, params=params)
    assert answer.status_code == 200, answer.text
    *items, last = [json.loads(line) for line in answer.text.splitlines()]
    assert last == {"complete": True, "count": len(items)}
    return items


async def test_search_of_everything(desk: RandomDesk) -> None:
    for name, member in desk.members.items():
        seen = {"ticket": desk.tickets_of(member), "document": desk.documents_of(member)}
        params: dict[str, Any] = {"q": desk.common, "limit": 100}
        found = expect(await member.caller.read.get("/v1/search", params=params))
        for kind, expected in seen.items():
            assert ids(item for item in found["items"] if item["kind"] == kind) == ids(expected), (name, kind)
        counted = {one["value"]: one["count"] for one in found["facets"]["kind"]}
        assert counted == {kind: len(expected) for kind, expected in seen.items()}, name


async def test_tickets_by_id_and_number_their_messages_and_history(desk: RandomDesk) -> None:
    for name, member in signed_in(desk):
        seen = ids(desk.tickets_of(member))
        for ticket in desk.tickets:
            paths = [f"/v1/tickets/{ticket['number']}"]
            paths += [f"/v1/tickets/{ticket['id']}{more}" for more in ("", "", "/messages", "/history")]
            for path in paths:
                answer = await member.caller.read.get(path)
                if ticket["id"] not in seen:
                    problem(answer, 404, "ticket.not_found")
                    assert ticket["subject"] not in answer.text
                    continue
                expect(answer)
                reads_notes = member.person.works_here and not path.endswith("history")
                assert (ticket["secret"] in answer.text) is reads_notes, (name, path)
                assert ("internal" in answer.text) is member.person.works_here or "history" in path, (name, path)


async def test_words_of_notes_and_of_hidden_tickets(desk: RandomDesk) -> None:
    for name, member in signed_in(desk):
        seen = ids(desk.tickets_of(member))
        for ticket in desk.chance.sample(desk.tickets, 16):
            subject = ticket["subject"].split()[1]
            for text, is_found in (
                (subject, ticket["id"] in seen),
                (ticket["secret"], ticket["id"] in seen and member.person.works_here),
            ):
                found = expect(await member.caller.read.get("/v1/search/tickets", params={"q": text}))
                assert (ids(found["items"]), found["total"]["value"]) == ([ticket["id"]] * is_found, is_found), name
            offered = expect(await member.caller.read.get("/v1/suggest", params={"q": subject[:9], "kind": "ticket"}))
            assert ids(offered["items"]) == [ticket["id"]] * (ticket["id"] in seen), name


async def test_counts(desk: RandomDesk) -> None:
    for name, member in signed_in(desk):
        counted = expect(await member.caller.read.get("/v1/counts"))
        seen = desk.tickets_of(member)
        mine = "assignee_id" if member.person.works_here else "requester_id"
        assert counted["all"]["total"] == len(seen), name
        assert counted["mine"]["total"] == sum(ticket[mine] == member.person.id for ticket in seen), name
        if not member.person.works_here:
            assert counted["unassigned"] is None and counted["groups"] is None
            continue
        assert counted["unassigned"]["total"] == sum(ticket["assignee_id"] is None for ticket in seen), name
        by_group = {one["group"]["id"]: one["total"] for one in counted["groups"]}
        assert by_group == Counter(ticket["group_id"] for ticket in seen if ticket["group_id"] is not None), name


async def test_documents(desk: RandomDesk) -> None:
    for name, member in desk.members.items():
        seen = desk.documents_of(member)
        assert ids(await pages(member.caller, "/v1/documents")) == ids(seen), name
        params: dict[str, Any] = {"q": desk.common, "facets": "tags", "limit": 100}
        found = expect(await member.caller.read.get("/v1/search/documents", params=params))
        assert (ids(found["items"]), found["total"]["value"]) == (ids(seen), len(seen)), name
        counted = {one["value"]: one["count"] for one in found["facets"]["tags"]}
        assert counted == Counter(tag for document in seen for tag in document["tags"]), name
        for document in desk.documents:
            is_seen = document in seen
            for reference in (document["id"], document["slug"]):
                answer = await member.caller.read.get(f"/v1/documents/{reference}")
                assert answer.status_code == (200 if is_seen else 404), (name, reference)
                assert (document["title"] in answer.text) is is_seen
            text = document["title"].split()[1][:9]
            offered = expect(await member.caller.read.get("/v1/suggest", params={"q": text, "kind": "document"}))
            assert ids(offered["items"]) == [document["id"]] * is_seen, name


async def test_drafts_and_versions(desk: RandomDesk) -> None:
    for name, member in desk.members.items():
        listed = await member.caller.read.get("/v1/documents", params={"state": "draft", "limit": 100})
        if not member.person.works_here:
            problem(listed, 403, "document.drafts_forbidden")
        else:
            assert ids(expect(listed)["items"]) == ids(desk.drafts_of(member)), name
        for draft in desk.drafts:
            is_seen = draft in desk.drafts_of(member)
            answer = await member.caller.read.get(f"/v1/documents/{draft['id']}")
            assert answer.status_code == (200 if is_seen else 404), name
            if member.person.works_here:
                versions = await member.caller.read.get(f"/v1/documents/{draft['id']}/versions")
                assert versions.status_code == (200 if is_seen else 404), name


async def test_how_far_it_is_projected(desk: RandomDesk) -> None:
    for name, member in signed_in(desk):
        seen = {
            "ticket": desk.tickets_of(member),
            "document": [*desk.documents_of(member), *desk.drafts_of(member)],
        }
        asked = {"ticket": desk.tickets, "document": [*desk.documents, *desk.drafts]}
        for kind, things in asked.items():
            for thing in things:
                answer = await member.caller.read.get(f"/v1/projections/{kind}/{thing['id']}")
                wanted = (200 if thing in seen[kind] else 404) if member.person.works_here else 403
                assert answer.status_code == wanted, (name, kind)
