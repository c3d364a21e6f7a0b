"""What a person may do, and what things are called, changes at once on both sides."""

from __future__ import annotations

from tests.support.desk import PASSWORD, Caller, Desk, expect, open_ticket, problem, waiting_for
from tests.support.eventually import eventually
from tests.support.people import People
from tests.support.served import Served
from tests.support.words import word


async def known(desk: Desk, admin: Caller, role: str, **fields: object) -> Caller:
    caller = await desk.register(admin, role, **fields)

    async def is_known() -> bool:
        return (await caller.read.get("/v1/tickets", params={"limit": 1})).status_code == 200

    await eventually(is_known)
    return caller


async def change_user(admin: Caller, caller: Caller, **changes: object) -> dict[str, str]:
    """Headers that wait for the change."""
    answer = await admin.write.patch(f"/v1/users/{caller.id}", json=changes, headers={"If-Match": "*"})
    expect(answer)
    return waiting_for(answer.headers["Consistency-Token"])


async def test_an_agent_who_becomes_a_customer_sees_like_one(served: Served, people: People) -> None:
    secret = word()
    ticket = await open_ticket(people.customer, subject=secret)
    caller = await known(served.desk, people.admin, "agent")
    headers = waiting_for(ticket["token"])
    found = expect(await caller.read.get("/v1/search/tickets", params={"q": secret}, headers=headers))
    assert found["total"]["value"] == 1
    headers = await change_user(people.admin, caller, role="customer")
    hidden = expect(await caller.read.get("/v1/search/tickets", params={"q": secret}, headers=headers))
    assert hidden["total"]["value"] == 0
    problem(await caller.read.get(f"/v1/tickets/{ticket['id']}", headers=headers), 404, "ticket.not_found")


async def test_rights_are_lost_at_once_while_the_projector_is_stopped(served: Served, people: People) -> None:
    secret, group = word(), expect(await people.admin.write.post("/v1/groups", json={"name": word()}), 201)["id"]
    ticket = await open_ticket(people.agent, subject=secret, group_id=group)
    by_id, search = f"/v1/tickets/{ticket['id']}", f"/v1/search/tickets?q={secret}"
    scoped = await known(served.desk, people.admin, "agent", ticket_access="groups", group_ids=[group])
    demoted, deactivated = [await known(served.desk, people.admin, "agent") for _ in range(2)]
    for caller in (scoped, demoted, deactivated):
        assert expect(await caller.read.get(search, headers=waiting_for(ticket["token"])))["total"]["value"] == 1
        expect(await caller.read.get(by_id))
    served.projector.end()
    try:
        await change_user(people.admin, scoped, group_ids=[])
        await change_user(people.admin, demoted, role="customer")
        await change_user(people.admin, deactivated, active=False)
        for caller in (scoped, demoted):
            problem(await caller.read.get(by_id), 404, "ticket.not_found")
            assert expect(await caller.read.get(search))["total"]["value"] == 0
        for path in (by_id, search):
            problem(await deactivated.read.get(path), 401, "token.invalid")
        await change_user(people.admin, scoped, group_ids=[group])
        expect(await scoped.read.get(by_id))
    finally:
        served.projector.start()
        await eventually(lambda: is_running(people), timeout_s=30)


async def is_running(people: People) -> bool:
    ticket = await open_ticket(people.agent)
    answer = await people.agent.read.get(f"/v1/tickets/{ticket['id']}", headers=waiting_for(ticket["token"]))
    return answer.status_code == 200


async def test_who_was_deactivated_is_out_on_both_sides(served: Served, people: People) -> None:
    caller = await known(served.desk, people.admin, "agent")
    headers = await change_user(people.admin, caller, active=False)
    problem(await caller.read.get("/v1/tickets", headers=headers), 401, "token.invalid")
    problem(await caller.write.post("/v1/tickets", json={"subject": "S", "body": "B"}), 401, "token.invalid")
    refused = await people.anonymous.write.post("/v1/sessions", json={"email": caller.email, "password": PASSWORD})
    assert refused.status_code == 401


async def test_who_signed_out_is_out_on_both_sides(served: Served, people: People) -> None:
    caller = await known(served.desk, people.admin, "customer")
    ended = await caller.write.delete("/v1/sessions/current")
    assert ended.status_code == 204, ended.text
    problem(await caller.read.get("/v1/tickets"), 401, "token.invalid")
    problem(await caller.write.get("/v1/sessions"), 401, "token.invalid")


async def test_a_refresh_token_works_once(people: People) -> None:
    body = {"email": people.customer.email, "password": PASSWORD}
    first = expect(await people.anonymous.write.post("/v1/sessions", json=body), 201)
    refresh = {"refresh_token": first["refresh_token"]}
    renewed = expect(await people.anonymous.write.post("/v1/sessions/refresh", json=refresh))
    assert renewed["refresh_token"] != first["refresh_token"]
    bearer = {"Authorization": f"Bearer {renewed['access_token']}"}
    expect(await people.anonymous.read.get("/v1/tickets", headers=bearer))
    again = await people.anonymous.write.post("/v1/sessions/refresh", json=refresh)
    assert again.status_code == 409, again.text


async def test_a_new_name_shows_to_whoever_waits_for_it(served: Served, people: People) -> None:
    requester = await known(served.desk, people.admin, "customer")
    company = await people.admin.write.post("/v1/organizations", json={"name": word()})
    group = await people.admin.write.post("/v1/groups", json={"name": word()})
    ids = {"organization_id": expect(company, 201)["id"], "group_id": expect(group, 201)["id"]}
    ticket = await open_ticket(people.agent, requester_id=requester.id, **ids)
    path = f"/v1/tickets/{ticket['id']}"
    expect(await people.agent.read.get(path, headers=waiting_for(ticket["token"])))
    renames = {
        "requester": f"/v1/users/{requester.id}",
        "organization": f"/v1/organizations/{ids['organization_id']}",
        "group": f"/v1/groups/{ids['group_id']}",
    }
    for role, resource in renames.items():
        name = f"Renamed {word()}"
        renamed = await people.admin.write.patch(resource, json={"name": name}, headers={"If-Match": "*"})
        expect(renamed)
        headers = waiting_for(renamed.headers["Consistency-Token"])
        for url in (path, f"/v1/tickets?requester={requester.id}"):
            answer = await people.agent.read.get(url, headers=headers)
            shown = expect(answer)
            item = shown["items"][0] if "items" in shown else shown
            assert item[role]["name"] == name, url
        assert item["version"] == 1, "the ticket itself did not change"


async def test_nobody_takes_the_last_admin_away(people: People) -> None:
    for change in ({"role": "agent"}, {"active": False}):
        answer = await people.admin.write.patch(
            f"/v1/users/{await own_id(people.admin)}", json=change, headers={"If-Match": "*"}
        )
        problem(answer, 409, "user.own_rights_protected")


async def own_id(admin: Caller) -> str:
    found = expect(await admin.read.get("/v1/users", params={"q": admin.email}))
    (user,) = [item for item in found["items"] if item["email"] == admin.email]
    identifier: str = user["id"]
    return identifier
