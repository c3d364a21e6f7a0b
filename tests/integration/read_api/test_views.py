from __future__ import annotations

from typing import Any

from tests.integration.read_api.conftest import Library
from tests.integration.read_api.stores import new_id

Person = dict[str, Any]


async def names_for(library: Library, who: Person) -> list[str]:
    return [view["name"] for view in (await library.get(who, "/v1/views"))["items"]]


async def test_views_are_seen_by_those_with_whom_they_are_shared(
    library: Library, agent: Person, customer: Person
) -> None:
    group = await library.shelf.group("Views")
    member, stranger = await library.shelf.user(group_ids=[group["id"]]), await library.shelf.user()
    admin = await library.shelf.user("admin")
    name = new_id()
    own = await library.shelf.view(member, f"{name} 1", {})
    shared = await library.shelf.view(member, f"{name} 2", {}, shared_with="group", group_id=group["id"])
    other = await library.shelf.view(stranger, f"{name} 3", {}, shared_with="everybody")
    await library.shelf.refresh()
    views = [own, shared, other]
    for who, seen in ((member, views), (stranger, [other]), (admin, [shared, other])):
        mine = [view for view in await names_for(library, who) if view.startswith(name)]
        assert mine == [view["name"] for view in seen]
        for view in views:
            answer = await library.answer(who, f"/v1/views/{view['id']}/tickets")
            assert answer.status_code == (200 if view in seen else 404)
    (item,) = [view for view in (await library.get(member, "/v1/views"))["items"] if view["id"] == shared["id"]]
    assert (item["group"]["name"], item["owner"]["id"], item["changeable"]) == ("Views", member["id"], True)
    for path in ("/v1/views", f"/v1/views/{other['id']}/tickets"):
        assert (await library.answer(customer, path)).status_code == 403
        assert (await library.answer(None, path)).status_code == 401


async def test_a_view_shows_and_counts_what_its_filters_find_for_who_looks(
    library: Library, agent: Person, customer: Person
) -> None:
    tag = new_id()
    group = await library.shelf.group("Scoped")
    member = await library.shelf.user(ticket_access="groups", group_ids=[group["id"]])
    mine = await library.shelf.ticket(customer, subject="Toner", tags=[tag], assignee_id=agent["id"])
    theirs = await library.shelf.ticket(customer, subject="Toner", tags=[tag], group_id=group["id"])
    await library.shelf.ticket(customer, subject="Paper", tags=[tag], status="solved")
    sharing = {"shared_with": "everybody", "owner_id": agent["id"]}
    toner = await library.shelf.view(agent, "Toner", {"q": "toner", "tag": [tag]}, **sharing)
    my_own = await library.shelf.view(agent, "Mine", {"assignee": ["me"], "tag": [tag]}, **sharing)
    no_more = await library.shelf.view(agent, "Meaningless", {"q": "planet:mars"}, **sharing)
    await library.shelf.refresh()

    async def shown(who: Person, view: Person) -> list[str]:
        found = await library.get(who, f"/v1/views/{view['id']}/tickets")
        return [ticket["id"] for ticket in found["items"]]

    assert await shown(agent, toner) == [mine["id"], theirs["id"]]
    assert await shown(member, toner) == [theirs["id"]]
    assert (await shown(agent, my_own), await shown(member, my_own)) == ([mine["id"]], [])
    assert (await library.answer(agent, f"/v1/views/{no_more['id']}/tickets")).status_code == 422
    first = await library.get(agent, f"/v1/views/{toner['id']}/tickets", limit=1)
    rest = await library.get(agent, f"/v1/views/{toner['id']}/tickets", limit=1, cursor=first["next"])
    assert [ticket["id"] for ticket in (*first["items"], *rest["items"])] == [mine["id"], theirs["id"]]

    async def counted(who: Person) -> list[int | None]:
        views = (await library.get(who, "/v1/counts", views=True))["views"]
        totals = {each["view"]["id"]: each["total"] and each["total"]["value"] for each in views}
        return [totals[view["id"]] for view in (toner, my_own, no_more)]

    assert await counted(agent) == [2, 1, None]
    assert await counted(member) == [1, 0, None]
    assert (await library.get(agent, "/v1/counts"))["views"] is None
    assert (await library.get(customer, "/v1/counts", views=True))["views"] is None
