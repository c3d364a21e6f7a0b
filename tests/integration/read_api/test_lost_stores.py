"""One store away: the other still answers its part, and what is missing is said, never an empty list."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.integration.read_api.conftest import Library, open_library
from tests.integration.read_api.shelf import Shelf, token_of
from tests.support.addresses import StoreAddresses


def nobody_listens() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


class Filled:
    def __init__(self, library: Library, agent: Any, customer: Any, ticket: Any, document: Any) -> None:
        self.library = library
        self.agent = agent
        self.customer = customer
        self.ticket = ticket
        self.document = document

    @classmethod
    async def fill(cls, library: Library) -> Filled:
        shelf: Shelf = library.shelf
        agent = await shelf.user("agent", name="Agnes Agent")
        organization = await shelf.organization("Sharing", shares_tickets=True)
        customer = await shelf.user("customer", name="Carla Customer", organization_id=organization["id"])
        ticket = await shelf.ticket(customer, subject="Toner", notes=("hidden",), organization_id=organization["id"])
        document = await shelf.document(agent, title="Toner", slug="toner")
        await shelf.refresh()
        return cls(library, agent, customer, ticket, document)

    async def answer(self, who: Any, path: str, **params: Any) -> httpx.Response:
        return await self.library.answer(who, path, **params)


@pytest_asyncio.fixture(scope="module")
async def without_redis(store_addresses: StoreAddresses) -> AsyncIterator[Filled]:
    async with open_library(store_addresses, redis_url=f"redis://127.0.0.1:{nobody_listens()}/0") as library:
        yield await Filled.fill(library)


@pytest_asyncio.fixture(scope="module")
async def without_elasticsearch(store_addresses: StoreAddresses) -> AsyncIterator[Filled]:
    gone = f"http://127.0.0.1:{nobody_listens()}"
    async with open_library(store_addresses, elasticsearch_url=gone) as library:
        yield await Filled.fill(library)


@pytest.mark.parametrize(
    "path",
    ["/v1/documents", "/v1/documents/toner", "/v1/search/documents?q=toner", "/v1/search?q=toner", "/v1/suggest?q=ton"],
)
async def test_without_redis_what_everybody_may_read_comes_from_elasticsearch(without_redis: Filled, path: str) -> None:
    answer = await without_redis.answer(None, path)
    assert answer.status_code == 200, answer.text
    assert "Toner" in answer.text
    assert "stale=?1" in answer.headers["Freshness"]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/tickets",
        "/v1/tickets/{id}",
        "/v1/tickets/{id}/messages",
        "/v1/search?q=toner",
        "/v1/documents",
        "/v1/counts",
    ],
)
async def test_without_redis_nobody_is_let_in_unchecked(without_redis: Filled, path: str) -> None:
    """Who lost which right only Redis has heard for certain."""
    for who in (without_redis.agent, without_redis.customer):
        answer = await without_redis.answer(who, path.format(id=without_redis.ticket["id"]))
        assert answer.status_code == 503, answer.text
        problem = answer.json()
        assert (problem["code"], problem["store"]) == ("store.unavailable", "redis")
        assert int(answer.headers["Retry-After"]) > 0


async def test_without_redis_a_token_cannot_be_confirmed(without_redis: Filled) -> None:
    headers = {"Consistency-Token": token_of("document", without_redis.document), "Prefer": "wait=1"}
    answer = await without_redis.answer(None, "/v1/documents", headers=headers)
    assert answer.status_code == 200
    assert "stale=?1" in answer.headers["Freshness"]


async def test_without_elasticsearch_what_is_kept_by_id_is_still_read(without_elasticsearch: Filled) -> None:
    ticket, document = without_elasticsearch.ticket, without_elasticsearch.document
    for who in (without_elasticsearch.agent, without_elasticsearch.customer):
        answer = await without_elasticsearch.answer(who, f"/v1/tickets/{ticket['id']}")
        assert answer.status_code == 200
        assert answer.json()["requester"]["name"] == "Carla Customer"
    read = await without_elasticsearch.answer(None, f"/v1/documents/{document['id']}", locale="en")
    assert read.json()["title"] == "Toner"
    assert (await without_elasticsearch.answer(without_elasticsearch.agent, "/v1/freshness")).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/v1/tickets",
        "/v1/tickets/1",
        "/v1/search/tickets?q=toner",
        "/v1/search?q=toner",
        "/v1/suggest?q=ton",
        "/v1/documents",
        "/v1/documents/toner",
        "/v1/categories",
        "/v1/users",
    ],
)
async def test_without_elasticsearch_searches_say_so(without_elasticsearch: Filled, path: str) -> None:
    answer = await without_elasticsearch.answer(without_elasticsearch.agent, path)
    assert answer.status_code == 503
    problem = answer.json()
    assert (problem["code"], problem["store"]) == ("store.unavailable", "elasticsearch")
    assert int(answer.headers["Retry-After"]) > 0


async def test_labels_that_nobody_can_tell_are_null_and_said_to_be_missing(own_library: Library) -> None:
    agent = await own_library.shelf.user("agent")
    stranger = {"id": "00000000-0000-4000-8000-000000000000"}
    await own_library.shelf.ticket(stranger)
    await own_library.shelf.refresh()
    (item,) = (await own_library.get(agent, "/v1/tickets"))["items"]
    assert item["requester"] == {"id": stranger["id"], "name": None}
    index = own_library.shelf.index("people")
    await own_library.shelf.elasticsearch.indices.delete(index=index)
    listed = await own_library.get(agent, "/v1/tickets")
    assert listed["complete"] is False
    assert listed["items"][0]["requester"]["name"] is None


async def test_an_index_that_is_not_there_is_no_empty_list(own_library: Library) -> None:
    agent = await own_library.shelf.user("agent")
    await own_library.shelf.elasticsearch.indices.delete(index=own_library.shelf.index("tickets"))
    for path in ("/v1/tickets", "/v1/tickets?sort=updated_at", "/v1/search/tickets", "/v1/suggest?q=x"):
        answer = await own_library.answer(agent, path)
        assert answer.status_code == 503, path
        assert answer.json()["store"] == "elasticsearch"


async def test_readiness_names_the_store_that_is_away(without_redis: Filled, without_elasticsearch: Filled) -> None:
    for filled, store in ((without_redis, "redis"), (without_elasticsearch, "elasticsearch")):
        answer = await filled.answer(None, "/readyz")
        assert answer.status_code == 200
        assert answer.json()["status"] == "degraded"
        assert answer.json()["checks"][store]["status"] == "failed"
