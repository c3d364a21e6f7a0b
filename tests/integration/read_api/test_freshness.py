from __future__ import annotations

import asyncio
import re
from datetime import datetime, timedelta, timezone
from typing import Any

from tests.integration.read_api.admission import session_of
from tests.integration.read_api.conftest import Library
from tests.integration.read_api.shelf import token_of
from tests.integration.read_api.stores import new_id

Person = dict[str, Any]
HEADER = re.compile(r'(?:as_of="([^"]+)", )?lag_ms=(\d+), stale=\?([01])')


def stale(answer: Any) -> bool:
    header = HEADER.fullmatch(answer.headers["Freshness"])
    assert header is not None
    return header[3] == "1"


async def test_every_answer_says_how_fresh_it_is(own_library: Library) -> None:
    agent = await own_library.shelf.user("agent")
    as_of = datetime.now(timezone.utc) - timedelta(seconds=90)
    await own_library.shelf.publish(as_of)
    for path in ("/v1/tickets", "/v1/documents", "/v1/categories", "/v1/counts", "/v1/users", "/v1/freshness"):
        header = HEADER.fullmatch((await own_library.answer(agent, path)).headers["Freshness"])
        assert header is not None
        assert datetime.fromisoformat(header[1].replace("Z", "+00:00")) == as_of
        assert 90_000 <= int(header[2]) < 150_000
        assert header[3] == "0"


async def test_without_news_from_the_projector_nobody_pretends_to_know(own_library: Library) -> None:
    await own_library.shelf.redis.delete(own_library.shelf.keys.freshness)
    answer = await own_library.answer(None, "/v1/documents")
    assert answer.headers["Freshness"] == "lag_ms=0, stale=?1"


async def test_a_search_with_a_token_finds_the_write_every_time(
    library: Library, agent: Person, customer: Person
) -> None:
    """Nothing refreshes by itself here: only the token makes the write searchable."""
    for number in range(60):
        tag = new_id()
        ticket = await library.shelf.ticket(customer, tags=[tag])
        headers = {"Consistency-Token": token_of("ticket", ticket), "Prefer": "wait=5"}
        path = ("/v1/search/tickets", "/v1/tickets")[number % 2]
        sort = ("-created_at", "-updated_at")[number // 2 % 2]
        answer = await library.answer(agent, path, tag=tag, sort=sort, headers=headers)
        assert [item["id"] for item in answer.json()["items"]] == [ticket["id"]]
        assert answer.headers["Preference-Applied"] == "wait"
        assert not stale(answer)


async def test_many_who_wait_share_refreshes_and_all_find_their_write(
    library: Library, agent: Person, customer: Person
) -> None:
    async def write_and_find() -> bool:
        tag = new_id()
        ticket = await library.shelf.ticket(customer, tags=[tag])
        headers = {"Consistency-Token": token_of("ticket", ticket), "Prefer": "wait=5"}
        found = await library.get(agent, "/v1/search/tickets", tag=tag, headers=headers)
        return [item["id"] for item in found["items"]] == [ticket["id"]]

    assert all(await asyncio.gather(*(write_and_find() for _ in range(40))))


async def test_it_waits_until_the_write_is_projected(library: Library, agent: Person, customer: Person) -> None:
    ticket = await library.shelf.ticket(customer, version=1)
    headers = {"Consistency-Token": token_of("ticket", ticket, version=2), "Prefer": "wait=5"}
    waiting = asyncio.ensure_future(library.answer(agent, f"/v1/tickets/{ticket['id']}", headers=headers))
    await library.shelf.ticket(customer, id=ticket["id"], version=2, subject="Changed")
    answer = await waiting
    assert answer.json()["version"] == 2
    assert answer.headers["Preference-Applied"] == "wait"


async def test_when_the_time_runs_out_the_answer_says_stale(library: Library, agent: Person, customer: Person) -> None:
    ticket = await library.shelf.ticket(customer, version=1)
    token = token_of("ticket", ticket, version=2)
    for prefer in ({}, {"Prefer": "wait=0"}, {"Prefer": "wait=1"}):
        answer = await library.answer(
            agent, f"/v1/tickets/{ticket['id']}", headers={"Consistency-Token": token, **prefer}
        )
        assert answer.status_code == 200
        assert stale(answer)
        assert "Preference-Applied" not in answer.headers


async def test_a_token_that_is_none_is_refused(library: Library, agent: Person) -> None:
    answer = await library.answer(agent, "/v1/tickets", headers={"Consistency-Token": "nonsense"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["header"] == "Consistency-Token"


async def test_later_pages_say_what_their_point_in_time_shows(
    library: Library, agent: Person, customer: Person
) -> None:
    tag = new_id()
    tickets = [await library.shelf.ticket(customer, tags=[tag]) for _ in range(3)]
    params = {"tag": tag, "limit": 1, "sort": "updated_at"}
    waited_for = {"Consistency-Token": token_of("ticket", tickets[2]), "Prefer": "wait=5"}
    first = await library.answer(agent, "/v1/tickets", **params, headers=waited_for)
    cursor = first.json()["next"]
    same = await library.answer(agent, "/v1/tickets", **params, cursor=cursor, headers=waited_for)
    assert not stale(same)
    later = await library.shelf.ticket(customer, tags=[tag])
    newer = {"Consistency-Token": token_of("ticket", later), "Prefer": "wait=5"}
    assert stale(await library.answer(agent, "/v1/tickets", **params, cursor=cursor, headers=newer))


async def test_who_was_just_registered_may_wait_for_it(library: Library) -> None:
    """The session is there before the person is projected."""
    person = {"id": new_id(), "role": "customer"}
    await library.shelf.begin_session(session_of(person))
    asking = asyncio.ensure_future(library.answer(person, "/v1/tickets"))
    projected = await library.shelf.user("customer", id=person["id"])
    assert projected["id"] == person["id"]
    assert (await asking).status_code == 200


async def test_the_report_shows_staff_each_projection(own_library: Library) -> None:
    agent, customer = await own_library.shelf.user("agent"), await own_library.shelf.user("customer")
    state = {"pending": 3, "retrying": 1, "oldest_pending_age_ms": 40, "dead": 2, "rebuild": None}
    await own_library.shelf.publish(datetime.now(timezone.utc), tickets=state, people={**state, "pending": 0})
    report = await own_library.get(agent, "/v1/freshness")
    assert (report["pending"], report["dead"], report["oldest_pending_age_ms"]) == (3, 4, 40)
    assert [projection["name"] for projection in report["projections"]] == ["people", "tickets"]
    for who in (customer, None):
        report = await own_library.get(who, "/v1/freshness")
        assert report["as_of"] is not None
        assert report["projections"] is None and report["pending"] is None


async def test_one_projection_in_detail(library: Library, agent: Person, customer: Person) -> None:
    ticket = await library.shelf.ticket(customer, version=4)
    document = await library.shelf.document(agent)
    await library.shelf.refresh()
    of_ticket = await library.get(agent, f"/v1/projections/ticket/{ticket['id']}")
    assert of_ticket["projected_version"] == 4
    (stored,) = of_ticket["documents"]
    assert (stored["read_model"], stored["version"], stored["redis_version"]) == ("tickets", 4, 4)
    of_document = await library.get(agent, f"/v1/projections/document/{document['id']}")
    assert [stored["document_id"] for stored in of_document["documents"]] == [f"{document['id']}:en"]
    assert (await library.answer(customer, f"/v1/projections/ticket/{ticket['id']}")).status_code == 403
    assert (await library.answer(agent, f"/v1/projections/ticket/{new_id()}")).status_code == 404
    assert (await library.answer(agent, "/v1/projections/secret/x")).status_code == 404
