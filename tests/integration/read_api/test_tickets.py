from __future__ import annotations

import uuid
from typing import Any

from tests.integration.read_api.conftest import Library
from tests.integration.read_api.stores import new_id

Person = dict[str, Any]


async def test_a_ticket_reads_with_the_names_of_all_it_mentions(
    library: Library, agent: Person, customer: Person
) -> None:
    group = await library.shelf.group("Printers")
    organization = await library.shelf.organization("Paper Inc.")
    ticket = await library.shelf.ticket(
        customer,
        subject="Paper jam",
        body="Help!",
        assignee_id=agent["id"],
        group_id=group["id"],
        organization_id=organization["id"],
        tags=["paper"],
    )
    read = await library.get(agent, f"/v1/tickets/{ticket['id']}")
    assert read["subject"] == "Paper jam"
    assert read["requester"] == {"id": customer["id"], "name": "Carla Customer"}
    assert read["assignee"] == {"id": agent["id"], "name": "Agnes Agent"}
    assert read["group"] == {"id": group["id"], "name": "Printers"}
    assert read["organization"] == {"id": organization["id"], "name": "Paper Inc."}
    assert read["sla"] is None
    assert read["tags"] == ["paper"]
    (message,) = read["messages"]
    assert message["author"] == {"id": customer["id"], "name": "Carla Customer"}
    assert message["body"] == "Help!"
    assert read["created_at"].endswith("Z")


async def test_text_cannot_pretend_to_be_an_id(library: Library, agent: Person, customer: Person) -> None:
    stranger = await library.shelf.user("agent", name="Secret Stranger")
    ticket = await library.shelf.ticket(customer, body=f'{{"author_id": "{stranger["id"]}"}} "group_id" : "{new_id()}"')
    assert "Secret Stranger" not in (await library.answer(agent, f"/v1/tickets/{ticket['id']}")).text


async def test_a_ticket_is_read_by_its_number(library: Library, agent: Person, customer: Person) -> None:
    ticket = await library.shelf.ticket(customer)
    await library.shelf.refresh()
    assert (await library.get(agent, f"/v1/tickets/{ticket['number']}"))["id"] == ticket["id"]
    assert (await library.get(agent, f"/v1/tickets/{ticket['id'].upper()}"))["id"] == ticket["id"]


async def test_what_redis_lost_is_read_from_elasticsearch_and_put_back(
    library: Library, agent: Person, customer: Person
) -> None:
    ticket = await library.shelf.ticket(customer, body="Still here", notes=("and this",))
    path = f"/v1/tickets/{ticket['id']}"
    before = await library.get(agent, path)
    key = library.shelf.keys.document("tickets", ticket["id"])
    await library.shelf.redis.delete(key)
    assert await library.get(agent, path) == before
    kept = await library.shelf.redis.get(key)
    assert kept is not None and b"public_text" not in kept
    assert await library.get(agent, path) == before
    assert 0 < await library.shelf.redis.ttl(key) <= 7 * 24 * 3600


async def test_nothing_old_is_put_back(library: Library, agent: Person, customer: Person) -> None:
    """Elasticsearch was read before, and Redis asked after, the projector applied something newer."""
    ticket = await library.shelf.ticket(customer)
    key = library.shelf.keys.document("tickets", ticket["id"])
    await library.shelf.redis.delete(key)
    await library.shelf.apply("ticket", ticket["id"], 2)
    await library.get(agent, f"/v1/tickets/{ticket['id']}")
    assert await library.shelf.redis.get(key) is None


async def test_a_deleted_ticket_is_gone(library: Library, agent: Person, customer: Person) -> None:
    ticket = await library.shelf.ticket(customer, subject="Gone")
    await library.shelf.refresh()
    await library.shelf.bury("tickets", ticket["id"])
    await library.shelf.refresh()
    for path in (f"/v1/tickets/{ticket['id']}", f"/v1/tickets/{ticket['number']}"):
        assert (await library.answer(agent, path)).status_code == 404
    listed = await library.get(agent, "/v1/tickets", requester=customer["id"], limit=100)
    assert ticket["id"] not in [item["id"] for item in listed["items"]]


async def test_what_is_known_is_not_sent_again(library: Library, agent: Person, customer: Person) -> None:
    ticket = await library.shelf.ticket(customer, version=3)
    path = f"/v1/tickets/{ticket['id']}"
    first = await library.answer(agent, path)
    assert first.headers["ETag"].startswith('"v3.')
    again = await library.answer(agent, path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["ETag"] == first.headers["ETag"] and "Freshness" in again.headers
    other = await library.answer(agent, path, headers={"If-None-Match": '"v2"'})
    assert other.status_code == 200


async def test_customers_get_as_many_messages_however_many_notes_there_are(
    library: Library, agent: Person, customer: Person
) -> None:
    thread = [(f"public {number}", "public") for number in range(30)]
    thread += [(f"internal {number}", "internal") for number in range(30)]
    ticket = await library.shelf.ticket(customer, messages=thread)
    path = f"/v1/tickets/{ticket['id']}"
    seen = await library.get(customer, path)
    assert [message["body"] for message in seen["messages"]] == [f"public {number}" for number in range(10, 30)]
    assert seen["message_count"] is None
    of_agent = await library.get(agent, path)
    assert [message["body"] for message in of_agent["messages"]] == [f"internal {number}" for number in range(10, 30)]
    assert of_agent["message_count"] == 60


async def test_the_thread_is_paged_in_both_orders(library: Library, agent: Person, customer: Person) -> None:
    thread = [(f"{number}", "internal" if number % 3 == 0 else "public") for number in range(1, 26)]
    ticket = await library.shelf.ticket(customer, messages=thread)
    await library.shelf.refresh()
    for reader, sort, expected in (
        (agent, "created_at", [body for body, _ in thread]),
        (agent, "-created_at", [body for body, _ in reversed(thread)]),
        (customer, "created_at", [body for body, visibility in thread if visibility == "public"]),
    ):
        bodies: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = await library.get(reader, f"/v1/tickets/{ticket['id']}/messages", limit=7, sort=sort, **cursor)
            bodies += [message["body"] for message in page["items"]]
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        assert bodies == expected


async def test_history_hides_what_is_internal(library: Library, agent: Person, customer: Person) -> None:
    ticket = await library.shelf.ticket(customer)
    for event_type, audience in (
        ("TicketOpened", "public"),
        ("TicketAssigned", "internal"),
        ("TicketSolved", "public"),
    ):
        await library.shelf.event(ticket, event_type, audience, agent)
    await library.shelf.refresh()
    path = f"/v1/tickets/{ticket['id']}/history"
    seen = await library.get(customer, path)
    assert [event["type"] for event in seen["items"]] == ["TicketOpened", "TicketSolved"]
    all_events = await library.get(agent, path, sort="-occurred_at")
    assert [event["type"] for event in all_events["items"]] == ["TicketSolved", "TicketAssigned", "TicketOpened"]
    assert all_events["items"][0]["actor"] == {"id": agent["id"], "name": "Agnes Agent"}


async def test_other_peoples_tickets_are_not_there(library: Library, customer: Person, other_customer: Person) -> None:
    ticket = await library.shelf.ticket(customer, subject="Mine alone")
    await library.shelf.refresh()
    for path in (
        f"/v1/tickets/{ticket['id']}",
        f"/v1/tickets/{ticket['number']}",
        "/v1/tickets/00000000",
        "/v1/tickets/x",
    ):
        for more in ("", "/messages", "/history"):
            answer = await library.answer(other_customer, path + more)
            assert answer.status_code == 404
            assert answer.json()["code"] == "ticket.not_found"
    for path in ("/v1/tickets", "/v1/search/tickets"):
        assert (await library.get(other_customer, path))["items"] == []
    assert (await library.get(other_customer, "/v1/search/tickets"))["total"]["value"] == 0


async def test_organizations_that_share_let_their_people_see(library: Library, agent: Person) -> None:
    sharing = await library.shelf.organization("Sharing", shares_tickets=True)
    closed = await library.shelf.organization("Closed")
    for organization, sees in ((sharing, 200), (closed, 404)):
        asking = await library.shelf.user("customer", organization_id=organization["id"])
        colleague = await library.shelf.user("customer", organization_id=organization["id"])
        ticket = await library.shelf.ticket(asking, organization_id=organization["id"], notes=("hidden",))
        await library.shelf.refresh()
        assert (await library.answer(colleague, f"/v1/tickets/{ticket['id']}")).status_code == sees
        listed = await library.get(colleague, "/v1/tickets")
        assert [item["id"] for item in listed["items"]] == ([ticket["id"]] if sees == 200 else [])
        assert "hidden" not in (await library.answer(colleague, f"/v1/tickets/{ticket['id']}/messages")).text


async def test_lists_filter_and_sort(library: Library, agent: Person, customer: Person) -> None:
    tag = new_id()
    made = [
        await library.shelf.ticket(customer, tags=[tag], priority=priority, status=status)
        for priority, status in (("low", "new"), ("urgent", "open"), ("normal", "closed"), ("high", "open"))
    ]

    async def priorities(**params: Any) -> list[str]:
        listed = await library.get(agent, "/v1/tickets", tag=tag, **params)
        return [item["priority"] for item in listed["items"]]

    await library.shelf.refresh()
    assert await priorities() == ["high", "normal", "urgent", "low"]
    assert await priorities(sort="number") == ["low", "urgent", "normal", "high"]
    assert await priorities(sort="-priority") == ["urgent", "high", "normal", "low"]
    assert await priorities(sort="updated_at", status=["open", "new"]) == ["low", "urgent", "high"]
    assert await priorities(sort="number", created_after=made[1]["created_at"]) == ["normal", "high"]
    assert await priorities(sort="number", created_before=made[1]["created_at"]) == ["low"]
    assert await priorities(assignee="none", priority="low") == ["low"]
    assert await priorities(assignee="me") == []


async def test_nobody_in_particular_reads_no_tickets(library: Library) -> None:
    for path in ("/v1/tickets", f"/v1/tickets/{uuid.uuid4()}", "/v1/search/tickets?q=x", "/v1/counts", "/v1/users"):
        answer = await library.answer(None, path)
        assert answer.status_code == 401
        assert "WWW-Authenticate" in answer.headers
