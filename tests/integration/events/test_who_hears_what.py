"""Changes as subscribers hear of them: everything they may see, once it can be read, and nothing else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tests.support.desk import Caller, Desk, expect, open_ticket, problem, publish_document, step, write_document
from tests.support.event_stream import PATH, Event, kept_events, position
from tests.support.eventually import eventually
from tests.support.words import word

Drain = Callable[[], Awaitable[int]]


async def heard(caller: Caller, since: str, about: str) -> list[Event]:
    """Of one resource, in order; had anything been missed, it would not begin with `ready`."""
    ready, *events = await kept_events(caller, since)
    assert ready.name == "ready", ready
    return [event for event in events if about in (event.data["id"], event.data.get("ticket_id"))]


async def once_heard(caller: Caller, since: str, about: str, *names: str) -> list[Event]:
    """When just these are told; the process reads the stream a moment after the projector wrote to it."""

    async def told() -> list[Event]:
        events = await heard(caller, since, about)
        assert [event.name for event in events] == list(names)
        return events

    return await eventually(told)


async def add(caller: Caller, ticket_id: str, visibility: str) -> dict[str, Any]:
    body = {"body": f"It is {word()}.", "visibility": visibility}
    return expect(await caller.write.post(f"/v1/tickets/{ticket_id}/messages", json=body), 201)


async def change(caller: Caller, ticket_id: str, **fields: Any) -> None:
    expect(await caller.write.patch(f"/v1/tickets/{ticket_id}", json=fields, headers={"If-Match": "*"}))


async def test_a_new_ticket_is_told_to_who_sees_it(
    agent: Caller, customer: Caller, other_customer: Caller, drain: Drain
) -> None:
    since = await position(agent)
    ticket = await open_ticket(customer)
    await drain()
    for caller in (agent, customer):
        added, changed = await once_heard(caller, since, ticket["id"], "message.added", "ticket.changed")
        assert changed.data == {"id": ticket["id"], "version": 1}
        # A stream that breaks between the two tells both again.
        assert added.id == "" and changed.id
        assert await heard(caller, changed.id, ticket["id"]) == []
    assert await heard(other_customer, since, ticket["id"]) == []


async def test_whoever_hears_of_it_reads_it(agent: Caller, drain: Drain) -> None:
    since, ticket = await position(agent), await open_ticket(agent)
    await drain()
    *_, changed = await once_heard(agent, since, ticket["id"], "message.added", "ticket.changed")
    assert expect(await agent.read.get(f"/v1/tickets/{ticket['id']}"))["version"] >= changed.data["version"]


async def test_of_an_internal_note_the_customer_hears_nothing(agent: Caller, customer: Caller, drain: Drain) -> None:
    since, opened = await position(agent), ("message.added", "ticket.changed")
    ticket = await open_ticket(customer)
    await drain()
    before = await once_heard(customer, since, ticket["id"], *opened)
    note = await add(agent, ticket["id"], "internal")
    await drain()
    events = await once_heard(agent, since, ticket["id"], *opened, *opened)
    assert events[2].data["id"] == note["id"]
    assert await heard(customer, since, ticket["id"]) == before
    reply = await add(agent, ticket["id"], "public")
    await add(agent, ticket["id"], "internal")
    await drain()
    events = await once_heard(customer, since, ticket["id"], *opened, *opened)
    assert events[2].data["id"] == reply["id"]
    # Neither the text nor who wrote it.
    assert set(events[2].data) == {"id", "ticket_id", "version"}


async def test_whoever_loses_sight_of_a_ticket_hears_nothing_more(desk: Desk, admin: Caller, drain: Drain) -> None:
    """Not of what happened while they saw it, either."""
    here, there = [expect(await admin.write.post("/v1/groups", json={"name": word()}), 201)["id"] for _ in range(2)]
    scoped = await desk.register(admin, "agent", ticket_access="groups", group_ids=[here])
    since, opened = await position(admin), ("message.added", "ticket.changed")
    ticket = await open_ticket(admin, group_id=here)
    await drain()
    await once_heard(scoped, since, ticket["id"], *opened)
    await change(admin, ticket["id"], group_id=there)
    await drain()
    await once_heard(admin, since, ticket["id"], *opened, "ticket.changed")
    assert await heard(scoped, since, ticket["id"]) == []


async def test_a_deleted_ticket_is_told_to_who_saw_it(
    desk: Desk, admin: Caller, customer: Caller, other_customer: Caller, drain: Drain
) -> None:
    """Also where nothing of it was told before that is still here."""
    group = expect(await admin.write.post("/v1/groups", json={"name": word()}), 201)["id"]
    scoped = await desk.register(admin, "agent", ticket_access="groups", group_ids=[group])
    ticket = await open_ticket(customer, group_id=None)
    await change(admin, ticket["id"], group_id=group)
    await drain()
    since = await position(admin)
    gone = await admin.write.delete(f"/v1/tickets/{ticket['id']}", headers={"If-Match": "*"})
    assert gone.status_code == 204, gone.text
    await drain()
    for caller in (admin, customer, scoped):

        async def told() -> bool:
            return "ticket.deleted" in [event.name for event in await heard(caller, since, ticket["id"])]

        await eventually(told)
    assert await heard(other_customer, since, ticket["id"]) == []


async def test_of_drafts_only_staff_hears(agent: Caller, reviewer: Caller, customer: Caller, drain: Drain) -> None:
    since = await position(agent)
    draft = await write_document(agent)
    await drain()
    await once_heard(agent, since, draft["id"], "document.changed")
    assert await heard(customer, since, draft["id"]) == []
    document = await publish_document(agent, reviewer, visibility="customers")
    await drain()
    await once_heard(customer, since, document["id"], "document.changed")
    expect(await step(agent, f"/v1/documents/{document['id']}/unpublish", document["etag"]))
    await drain()
    await once_heard(customer, since, document["id"], "document.changed", "document.deleted")
    await once_heard(agent, since, document["id"], "document.changed", "document.changed")


async def test_of_documents_for_agents_customers_hear_nothing(
    agent: Caller, reviewer: Caller, customer: Caller, drain: Drain
) -> None:
    since = await position(agent)
    document = await publish_document(agent, reviewer, visibility="agents")
    await drain()
    await once_heard(agent, since, document["id"], "document.changed")
    assert await heard(customer, since, document["id"]) == []


async def test_a_subscriber_says_what_of(agent: Caller, drain: Drain) -> None:
    since = await position(agent)
    tickets = [await open_ticket(agent) for _ in range(2)]
    document = await write_document(agent)
    await drain()
    await once_heard(agent, since, document["id"], "document.changed")
    only = await kept_events(agent, since, ticket=tickets[0]["id"].upper())
    assert {event.data["id"] for event in only if event.name == "ticket.changed"} == {tickets[0]["id"]}
    of_documents = await kept_events(agent, since, types="document")
    assert {event.name for event in of_documents} <= {"ready", "document.changed", "document.deleted"}
    assert document["id"] in {event.data.get("id") for event in of_documents}
    for refused in ({"types": "user"}, {"ticket": "7"}, {"tickets": "1"}):
        problem(await agent.read.get(PATH, params=refused), 422, "request.invalid")


async def test_who_cannot_say_where_they_were_is_told_so(agent: Caller) -> None:
    for unknown in ("0-0", "nonsense", "999999999999999-0"):
        first, *_ = await kept_events(agent, unknown)
        assert first.name == "resync" and first.id, unknown
    by_parameter, *_ = await kept_events(agent, last_event_id="0-0")
    assert by_parameter.name == "resync"


async def test_strangers_hear_nothing(anonymous: Caller) -> None:
    problem(await anonymous.read.get(PATH), 401, "authentication.required")


async def test_an_api_token_needs_the_scopes_of_both(desk: Desk, agent: Caller) -> None:
    async def with_scopes(*scopes: str) -> Caller:
        body = {"name": word(), "scopes": list(scopes)}
        return desk.caller(expect(await agent.write.post("/v1/api-tokens", json=body), 201)["token"])

    assert (await kept_events(await with_scopes("read")))[0].name == "ready"
    refused = await (await with_scopes("tickets:read")).read.get(PATH, params={"follow": "false"})
    problem(refused, 403, "api_token.scope_missing")


async def test_no_proxy_keeps_it(agent: Caller) -> None:
    answer = await agent.read.get(PATH, params={"follow": "false"})
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Accel-Buffering"] == "no"
    assert answer.text.startswith("retry: ")
