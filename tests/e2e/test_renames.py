"""A name is stored once: a new one shows everywhere within a second, and no ticket is indexed for it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.support.desk import Caller, expect, open_ticket, publish_document, waiting_for
from tests.support.eventually import eventually
from tests.support.people import People
from tests.support.words import word
from tests.support.world import World

LONGEST_S = 1.0
TRIES = 10
KINDS = ("requester", "assignee", "group", "organization")
FACETS = ("assignee", "group", "organization")
Item = Mapping[str, Any]


@dataclass(frozen=True)
class Named:
    """One ticket and one document, and the addresses of those whom they name."""

    ticket: str
    document: str
    resources: Mapping[str, str]

    @property
    def ticket_path(self) -> str:
        return f"/v1/tickets/{self.ticket}"


@pytest_asyncio.fixture
async def named(people: People) -> Named:
    admin, agent = people.admin, people.agent
    ids = {
        "group": await create(admin, "/v1/groups", name=word()),
        "organization": await create(admin, "/v1/organizations", name=word()),
        "requester": await create(admin, "/v1/users", name=f"Person {word()}", email=f"{word()}@tests.example.com"),
        "category": await create(admin, "/v1/categories", names={"en": word()}),
        "assignee": await create(
            admin, "/v1/users", name=f"Agent {word()}", email=f"{word()}@tests.example.com", role="agent"
        ),
    }
    ticket = await open_ticket(agent, **{f"{kind}_id": ids[kind] for kind in KINDS})
    document = await publish_document(agent, people.reviewer, category_id=ids["category"])
    expect(await agent.read.get("/v1/tickets", headers=waiting_for(ticket["token"])))
    expect(await agent.read.get("/v1/documents", headers=waiting_for(document["token"])))
    places = {"group": "groups", "organization": "organizations", "category": "categories"}
    return Named(
        ticket["id"],
        document["id"],
        {kind: f"/v1/{places.get(kind, 'users')}/{resource_id}" for kind, resource_id in ids.items()},
    )


async def create(admin: Caller, path: str, **body: Any) -> str:
    identifier: str = expect(await admin.write.post(path, json=body), 201)["id"]
    return identifier


async def renamed(admin: Caller, resource: str, name: str) -> float:
    """When the command was answered."""
    body = {"names": {"en": name}} if "categories" in resource else {"name": name}
    expect(await admin.write.patch(resource, json=body, headers={"If-Match": "*"}))
    return time.monotonic()


async def assert_within_a_second(admin: Caller, resource: str, shows: Callable[[str], Awaitable[bool]]) -> None:
    """The quickest of some names, one after the other: other tests may have the machine for a while."""
    took_s: list[float] = []
    while not took_s or (took_s[-1] >= LONGEST_S and len(took_s) < TRIES):
        name = f"Renamed {word()}"
        since = await renamed(admin, resource, name)
        await eventually(lambda: shows(name), timeout_s=10 * LONGEST_S, interval_s=0.01)
        took_s.append(time.monotonic() - since)
    assert took_s[-1] < LONGEST_S, took_s


def only(items: list[Item], item_id: str) -> Item:
    found = [item for item in items if item["id"] == item_id]
    assert len(found) == 1, items
    return found[0]


async def last_written(world: World, kind: str, identifier: str) -> dict[str, tuple[int, int]]:
    """By ticket that names somebody: its place in the order of all that was ever written to its shard, and version."""
    found = await world.elasticsearch.search(
        index=f"{world.namespace}-tickets",
        query={"term": {f"{kind}_id": identifier}},
        seq_no_primary_term=True,
        version=True,
        source=False,
    )
    return {hit["_id"]: (hit["_seq_no"], hit["_version"]) for hit in found["hits"]["hits"]}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_new_name_is_on_tickets_within_a_second_and_none_is_indexed_again(
    people: People, named: Named, served_world: World, kind: str
) -> None:
    agent = people.agent
    identifier = named.resources[kind].rpartition("/")[2]
    filters = {kind: identifier}
    before = await last_written(served_world, kind, identifier)
    assert before.keys() == {named.ticket}

    async def everywhere(name: str) -> bool:
        shown: list[Item] = [expect(await agent.read.get(named.ticket_path))]
        for path, asked in (("/v1/tickets", filters), ("/v1/search/tickets", {"q": f'{kind}:"{name}"'})):
            found = expect(await agent.read.get(path, params={**asked, "limit": 1}))
            shown.append(only(found["items"], named.ticket))
        if kind in FACETS:
            found = expect(await agent.read.get("/v1/search/tickets", params={**filters, "facets": kind}))
            assert [facet["name"] for facet in found["facets"][kind]] == [name]
        return all(ticket[kind]["name"] == name for ticket in shown)

    await assert_within_a_second(people.admin, named.resources[kind], everywhere)
    assert await last_written(served_world, kind, identifier) == before


@pytest.mark.parametrize("kind", ("requester", "assignee"))
async def test_a_word_of_a_new_name_finds_the_persons_tickets_within_a_second(
    people: People, named: Named, kind: str
) -> None:
    async def found(name: str) -> bool:
        answer = expect(await people.agent.read.get("/v1/search/tickets", params={"q": name.split()[1]}))
        return [item["id"] for item in answer["items"]] == [named.ticket]

    await assert_within_a_second(people.admin, named.resources[kind], found)


async def test_a_new_name_is_in_the_history_and_the_thread_within_a_second(people: People, named: Named) -> None:
    author = people.other_customer
    ticket = await open_ticket(author)
    path = f"/v1/tickets/{ticket['id']}"
    for part in ("history", "messages"):
        expect(await people.agent.read.get(f"{path}/{part}", headers=waiting_for(ticket["token"])))

    async def everywhere(name: str) -> bool:
        history = expect(await people.agent.read.get(f"{path}/history"))["items"]
        thread = expect(await people.agent.read.get(f"{path}/messages"))["items"]
        return bool(history[0]["actor"]["name"] == thread[0]["author"]["name"] == name)

    await assert_within_a_second(people.admin, f"/v1/users/{author.id}", everywhere)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_new_name_is_in_lists_of_people_within_a_second(people: People, named: Named, kind: str) -> None:
    resource = named.resources[kind]
    collection, _, resource_id = resource.rpartition("/")

    async def everywhere(name: str) -> bool:
        listed = expect(await people.agent.read.get(collection, params={"q": name}))["items"]
        shown = expect(await people.agent.read.get(resource))
        return {shown["name"], only(listed, resource_id)["name"]} == {name}

    await assert_within_a_second(people.admin, resource, everywhere)


async def test_a_renamed_category_shows_on_its_documents_within_a_second(people: People, named: Named) -> None:
    path = f"/v1/documents/{named.document}"
    category = named.resources["category"].rpartition("/")[2]
    agent = people.agent
    version = expect(await agent.read.get(path))["version"]

    async def everywhere(name: str) -> bool:
        shown = expect(await agent.read.get(path))
        listed = expect(await agent.read.get("/v1/documents", params={"category": category}))["items"]
        search = {"category": category, "facets": "category"}
        found = expect(await agent.read.get("/v1/search/documents", params=search))
        tree = only(expect(await agent.read.get("/v1/categories"))["items"], category)
        assert shown["version"] == version
        documents = (shown, only(listed, named.document), only(found["items"], named.document))
        names = [document["category"]["name"] for document in documents]
        return {*names, tree["name"], *(facet["name"] for facet in found["facets"]["category"])} == {name}

    await assert_within_a_second(people.admin, named.resources["category"], everywhere)


@pytest.mark.parametrize("kind", ("requester", "group"))
async def test_who_knows_the_old_name_is_sent_the_new_one(people: People, named: Named, kind: str) -> None:
    """`If-None-Match` names what was shown, not the ticket's version alone."""
    first = await people.agent.read.get(named.ticket_path)
    known = {"If-None-Match": first.headers["ETag"]}
    assert (await people.agent.read.get(named.ticket_path, headers=known)).status_code == 304

    async def sent_again(name: str) -> bool:
        answer = await people.agent.read.get(named.ticket_path, headers=known)
        return answer.status_code == 200 and bool(answer.json()[kind]["name"] == name)

    await assert_within_a_second(people.admin, named.resources[kind], sent_again)


async def test_a_rename_is_no_conflict_with_a_change_of_the_ticket(people: People, named: Named) -> None:
    read = await people.agent.read.get(named.ticket_path)
    await renamed(people.admin, named.resources["requester"], f"Renamed {word()}")
    changed = await change_priority(people.agent, named, read.headers["ETag"])
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"v2"')
    stale = await change_priority(people.agent, named, read.headers["ETag"])
    assert stale.status_code == 412


async def change_priority(agent: Caller, named: Named, etag: str) -> httpx.Response:
    return await agent.write.patch(named.ticket_path, json={"priority": "low"}, headers={"If-Match": etag})
