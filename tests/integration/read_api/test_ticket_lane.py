"""A ticket by its id has two ways to be read: both give the same answer, or the lane gives none."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from read_api.bootstrap import make_services
from read_api.services import Services
from read_api.tickets.lane import TicketLane
from runtime.api_tokens import KnownApiTokens
from runtime.guards.lane import LimitedLane
from runtime.lane import LaneAnswer
from runtime.principal import Principal
from runtime.rate_limit import Policy, RateLimiter
from runtime.redis_line import RedisLine, connect_redis_line
from runtime.settings import Settings
from tests.integration.read_api.admission import session_of
from tests.integration.read_api.conftest import Library
from tests.integration.read_api.stores import new_id

Person = dict[str, Any]
# Nobody asked to wait, so it changes nothing but the way.
ORDINARY = {"Prefer": "handling=lenient"}
ANSWERED = ("etag", "cache-control", "content-type", "content-length")


@pytest_asyncio.fixture
async def services(library: Library) -> AsyncIterator[Services]:
    line = connect_redis_line(library.settings)
    made = make_services(library.settings, line, KnownApiTokens())
    yield made
    await made.search.close()
    await line.aclose()


@pytest_asyncio.fixture
async def by_lane(services: Services, library: Library) -> AsyncIterator[Reader]:
    line = connect_redis_line(library.settings)
    yield Reader(services, library.settings, line)
    await line.aclose()


def principal(user: Person) -> Principal:
    return Principal(uuid.UUID(user["id"]), user["role"], session_of(user))


class Reader:
    """One process, that remembers what it answered."""

    def __init__(self, services: Services, settings: Settings, line: RedisLine) -> None:
        self.services = services
        limiter = RateLimiter(line, settings.namespace)
        self._limited = LimitedLane(TicketLane(), limiter, lambda scope: scope["who"], Policy("read", 1_000_000))

    async def __call__(self, user: Person, ticket_id: str, **headers: str) -> LaneAnswer | None:
        scope = {
            "method": "GET",
            "path": f"/v1/tickets/{ticket_id}",
            "query_string": headers.pop("query", "").encode(),
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
            "state": {"services": self.services},
            "who": principal(user),
        }
        return await self._limited.answer(scope)


@pytest_asyncio.fixture
async def busy_ticket(library: Library, agent: Person, customer: Person) -> Person:
    group, organization = await library.shelf.group("Group"), await library.shelf.organization("Organization")
    return await library.shelf.ticket(
        customer,
        notes=("between us", "and us"),
        assignee_id=agent["id"],
        group_id=group["id"],
        organization_id=organization["id"],
        solved_at="2026-01-01T00:00:00+00:00",
    )


@pytest.mark.parametrize("spelled", [str, str.upper])
async def test_both_ways_give_the_same_answer(
    library: Library,
    by_lane: Reader,
    agent: Person,
    customer: Person,
    busy_ticket: Person,
    spelled: Callable[[str], str],
) -> None:
    bare = await library.shelf.ticket(customer, locale=None)
    # The second time from memory.
    for ticket in (busy_ticket, bare, busy_ticket):
        for who in (agent, customer):
            lane = await by_lane(who, spelled(ticket["id"]))
            ordinary = await library.answer(who, f"/v1/tickets/{ticket['id']}", headers=ORDINARY)
            assert lane is not None and (lane.status, lane.body) == (200, ordinary.content)
            sent = {name.decode(): value.decode() for name, value in lane.headers}
            assert {name: sent[name] for name in ANSWERED} == {name: ordinary.headers[name] for name in ANSWERED}
            assert sent["freshness"].partition(",")[0] == ordinary.headers["freshness"].partition(",")[0]
    assert b"between us" not in (await library.answer(customer, f"/v1/tickets/{busy_ticket['id']}")).content


async def test_what_is_known_already_is_not_sent_again(
    by_lane: Reader, agent: Person, customer: Person, busy_ticket: Person
) -> None:
    first = await by_lane(agent, busy_ticket["id"])
    assert first is not None
    tag = dict(first.headers)[b"etag"].decode()
    again = await by_lane(agent, busy_ticket["id"], if_none_match=tag)
    assert again is not None and (again.status, again.body) == (304, b"")
    # What a customer sees of it is something else.
    other = await by_lane(customer, busy_ticket["id"], if_none_match=tag)
    assert other is not None and other.status == 200


async def test_answers_over_http_come_with_all_that_every_answer_has(
    library: Library, agent: Person, busy_ticket: Person
) -> None:
    path = f"/v1/tickets/{busy_ticket['id']}"
    lane, ordinary = await library.answer(agent, path), await library.answer(agent, path, headers=ORDINARY)
    assert set(lane.headers) == set(ordinary.headers)
    assert lane.json() == ordinary.json()
    metrics = (await library.answer(None, "/metrics")).text
    assert 'http_requests_total{method="GET",route="/v1/tickets/{ticket_id}",status="200"}' in metrics


@pytest.mark.parametrize(
    "headers",
    [
        *({"consistency_token": "x"}, {"prefer": "wait=1"}, {"content_length": "1"}, {"query": "a=1"}),
        {"origin": "https://elsewhere.example"},
    ],
)
async def test_whoever_wants_more_goes_the_ordinary_way(
    by_lane: Reader, agent: Person, busy_ticket: Person, headers: dict[str, str]
) -> None:
    assert await by_lane(agent, busy_ticket["id"], **headers) is None


async def test_what_must_not_be_seen_is_never_answered(
    library: Library, by_lane: Reader, agent: Person, other_customer: Person, busy_ticket: Person
) -> None:
    left = await library.shelf.user("agent", active=False)
    for who, ticket_id in (
        (other_customer, busy_ticket["id"]),
        (left, busy_ticket["id"]),
        ({**agent, "id": new_id()}, busy_ticket["id"]),
        (agent, new_id()),
        (agent, str(busy_ticket["number"])),
    ):
        assert await by_lane(who, ticket_id) is None
    refused = await library.answer(other_customer, f"/v1/tickets/{busy_ticket['id']}")
    assert refused.status_code == 404 and refused.json()["code"] == "ticket.not_found"


async def test_an_ended_session_reads_nothing(library: Library, agent: Person, busy_ticket: Person) -> None:
    session_id = uuid.uuid4()
    path, headers = f"/v1/tickets/{busy_ticket['id']}", library.bearer(agent, session_id)
    for begin_or_end, status in ((None, 401), (library.shelf.begin_session, 200), (library.shelf.end_session, 401)):
        if begin_or_end is not None:
            await begin_or_end(session_id)
        assert (await library.answer(None, path, headers=headers)).status_code == status


async def test_a_redis_that_nobody_vouches_for_lets_nobody_read(own_library: Library) -> None:
    shelf = own_library.shelf
    agent, customer = await shelf.user("agent"), await shelf.user("customer")
    ticket = await shelf.ticket(customer)
    path = f"/v1/tickets/{ticket['id']}"
    line = connect_redis_line(own_library.settings)
    made = make_services(own_library.settings, line, KnownApiTokens())
    by_lane = Reader(made, own_library.settings, line)
    try:
        assert await by_lane(agent, ticket["id"]) is not None
        # Of sessions, and of what people may do.
        for key, says_so in ((shelf.credentials.vouched_for, shelf.vouch), (shelf.access_keys.seal, shelf.seal)):
            # As after a restart with the append-only file of a second ago: all that it says is still there.
            for voucher in (b"a server of yesterday", b""):
                await shelf.redis.set(key, voucher)
                assert await by_lane(agent, ticket["id"]) is None
                refused = await own_library.answer(agent, path)
                assert (refused.status_code, refused.json()["store"]) == (503, "redis")
                assert int(refused.headers["Retry-After"]) >= 1
            await shelf.redis.delete(key)
            assert (await own_library.answer(agent, "/v1/tickets")).status_code == 503
            assert (await own_library.answer(None, "/v1/documents")).status_code == 200
            await says_so()
            assert await by_lane(agent, ticket["id"]) is not None
            assert (await own_library.answer(agent, path)).status_code == 200
    finally:
        await made.search.close()
        await line.aclose()


async def test_a_name_that_is_missing_is_looked_for_elsewhere(library: Library, by_lane: Reader, agent: Person) -> None:
    stranger = await library.shelf.user("customer", name="Stray")
    ticket = await library.shelf.ticket(stranger)
    await library.shelf.refresh()
    async with library.shelf.redis.pipeline() as pipeline:
        pipeline.hdel(library.shelf.keys.labels("user"), stranger["id"])
        await pipeline.execute()
    assert await by_lane(agent, ticket["id"]) is None
    assert (await library.get(agent, f"/v1/tickets/{ticket['id']}"))["requester"]["name"] == "Stray"


async def test_the_limit_counts_it_once(library: Library, customer: Person, busy_ticket: Person) -> None:
    newcomer = await library.shelf.user("customer")
    for path in (f"/v1/tickets/{busy_ticket['id']}", f"/v1/tickets/{busy_ticket['id']}?limit=1"):
        left = [(await library.answer(newcomer, path)).headers["ratelimit"] for _ in range(2)]
        used = [int(header.partition("r=")[2].partition(";")[0]) for header in left]
        assert used[0] - used[1] <= 1
