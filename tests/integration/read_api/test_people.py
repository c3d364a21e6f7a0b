from __future__ import annotations

import uuid
from datetime import datetime, timedelta, timezone
from typing import Any

from runtime.tokens import AccessTokens
from tests.integration.read_api.conftest import Library
from tests.integration.read_api.stores import new_id

Person = dict[str, Any]


def ids(answer: dict[str, Any]) -> list[str]:
    return [item["id"] for item in answer["items"]]


async def test_staff_find_people_by_beginnings_of_names_and_emails(library: Library, agent: Person) -> None:
    unique = f"q{new_id().replace('-', '')[:12]}"
    organization = await library.shelf.organization(f"{unique} Ltd")
    group = await library.shelf.group(f"{unique} team")
    user = await library.shelf.user(
        "agent",
        name=f"Xaver {unique}",
        email=f"{unique}@mail.example",
        organization_id=organization["id"],
        group_ids=[group["id"]],
    )
    await library.shelf.refresh()
    for q in (unique[:6], f"xav {unique[:8]}", user["email"], f"{unique}@ma", unique.upper()):
        assert ids(await library.get(agent, "/v1/users", q=q)) == [user["id"]], q
    (shown,) = (await library.get(agent, "/v1/users", q=unique))["items"]
    assert shown["organization"] == {"id": organization["id"], "name": organization["name"]}
    assert shown["groups"] == [{"id": group["id"], "name": group["name"]}]
    assert ids(await library.get(agent, "/v1/users", q=unique, role="customer")) == []
    assert ids(await library.get(agent, "/v1/users", group=group["id"], active="true")) == [user["id"]]
    assert ids(await library.get(agent, "/v1/groups", q=unique)) == [group["id"]]
    assert ids(await library.get(agent, "/v1/organizations", q=unique)) == [organization["id"]]
    for path, one in (("users", user), ("groups", group), ("organizations", organization)):
        read = await library.answer(agent, f"/v1/{path}/{one['id']}")
        assert read.json()["name"] == one["name"]
        assert read.headers["ETag"].startswith('"v1.')
    assert (await library.answer(agent, f"/v1/groups/{user['id']}")).status_code == 404


async def test_customers_find_only_themselves(library: Library, agent: Person) -> None:
    organization = await library.shelf.organization("Customers of ours")
    customer = await library.shelf.user("customer", organization_id=organization["id"])
    await library.shelf.user("customer", organization_id=organization["id"])
    await library.shelf.refresh()
    assert ids(await library.get(customer, "/v1/users")) == [customer["id"]]
    assert ids(await library.get(customer, "/v1/users", q="person")) == [customer["id"]]
    assert ids(await library.get(customer, "/v1/groups")) == []
    assert ids(await library.get(customer, "/v1/organizations")) == [organization["id"]]
    assert (await library.get(customer, "/v1/users/me"))["id"] == customer["id"]
    assert (await library.answer(customer, f"/v1/users/{agent['id']}")).status_code == 404


async def test_counts_come_from_counters_and_agree_with_what_is_there(own_library: Library) -> None:
    shelf = own_library.shelf
    agent, customer, other = await shelf.user("agent"), await shelf.user("customer"), await shelf.user("customer")
    group = await shelf.group("Counting")
    await shelf.ticket(customer, status="open", assignee_id=agent["id"], group_id=group["id"])
    await shelf.ticket(customer, status="new")
    await shelf.ticket(other, status="open")
    await shelf.refresh()
    fields = {"all:-:open": 2, "all:-:new": 1, "assignee:none:new": 1, "assignee:none:open": 1, "group:none:open": 1}
    fields |= {f"assignee:{agent['id']}:open": 1, f"group:{group['id']}:open": 1, "group:none:new": 1}
    hash_key = shelf.keys.counters
    for field, number in fields.items():
        await shelf.redis.execute_command("HSET", hash_key, field, number)  # type: ignore[no-untyped-call]
    counted = await own_library.get(agent, "/v1/counts")
    assert counted["all"]["total"] == 3 and counted["all"]["by_status"]["open"] == 2
    assert counted["mine"]["total"] == 1 and counted["unassigned"]["total"] == 2
    assert [(one["group"]["name"], one["total"]) for one in counted["groups"]] == [("Counting", 1)]
    await shelf.redis.delete(hash_key, shelf.keys.filled)
    assert await own_library.get(agent, "/v1/counts") == counted
    of_customer = await own_library.get(customer, "/v1/counts")
    assert of_customer["all"]["total"] == of_customer["mine"]["total"] == 2
    assert of_customer["unassigned"] is None and of_customer["groups"] is None


async def test_what_was_last_projected_about_a_person_counts(library: Library, customer: Person) -> None:
    ticket = await library.shelf.ticket(customer)
    path = f"/v1/tickets/{ticket['id']}"
    demoted = await library.shelf.user("agent")
    headers = library.bearer(demoted)
    assert (await library.answer(None, path, headers=headers)).status_code == 200
    await library.shelf.user("customer", id=demoted["id"])
    assert (await library.answer(None, path, headers=headers)).status_code == 404
    await library.shelf.user("agent", id=demoted["id"], active=False)
    refused = await library.answer(None, path, headers=headers)
    assert refused.status_code == 401
    assert refused.json()["code"] == "token.invalid"


async def test_an_ended_session_ends_here_too(library: Library, agent: Person) -> None:
    session_id = uuid.uuid4()
    headers = library.bearer(agent, session_id)
    await library.shelf.begin_session(session_id)
    assert (await library.answer(None, "/v1/tickets", headers=headers)).status_code == 200
    await library.shelf.end_session(session_id)
    assert (await library.answer(None, "/v1/tickets", headers=headers)).status_code == 401


async def test_a_session_that_nobody_knows_is_none(library: Library, agent: Person) -> None:
    headers = library.bearer(agent, uuid.uuid4())
    for path in ("/v1/tickets", "/v1/documents"):
        refused = await library.answer(None, path, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (401, "token.invalid")


async def test_tokens_that_prove_nothing_are_refused_even_where_none_is_needed(library: Library, agent: Person) -> None:
    tokens = AccessTokens(library.settings)
    long_ago = datetime.now(timezone.utc) - timedelta(hours=2)
    session_id = uuid.uuid4()
    await library.shelf.begin_session(session_id)
    expired, _ = tokens.issue(uuid.UUID(agent["id"]), "agent", session_id, long_ago)
    unknown, _ = tokens.issue(uuid.uuid4(), "admin", session_id, datetime.now(timezone.utc))
    for token in (expired, unknown, "a.b.c", "x"):
        for path in ("/v1/tickets", "/v1/documents"):
            answer = await library.answer(None, path, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 401
