"""All tickets of an organization move to another: who sees them follows, whatever ends the projector meanwhile."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any
from uuid import UUID

from domain.tickets.ticket import Ticket
from projector.bootstrap import open_projector
from projector.ticket_moves import move_all
from tests.integration.projector.office import differences
from tests.support.desk import Caller, Desk, expect, open_ticket, problem, waiting_for
from tests.support.eventually import eventually
from tests.support.people import People
from tests.support.served import Served
from tests.support.words import word
from tests.support.world import World
from write_api.persistence.unit_of_work import UnitOfWorkFactory

MANY = 3_000
PATIENCE_S = 60.0


async def company(admin: Caller) -> str:
    answer = await admin.write.post("/v1/organizations", json={"name": word(), "shares_tickets": True})
    identifier: str = expect(answer, 201)["id"]
    return identifier


async def member(desk: Desk, admin: Caller, organization_id: str) -> Caller:
    caller = await desk.register(admin, "customer", organization_id=organization_id)

    async def is_known() -> bool:
        return (await caller.read.get("/v1/tickets", params={"limit": 1})).status_code == 200

    await eventually(is_known)
    return caller


async def start_move(admin: Caller, source: str, to: str | None) -> str:
    answer = await admin.write.post(f"/v1/organizations/{source}/move-tickets", json={"to": to})
    expect(answer, 202)
    return answer.headers["Location"]


async def progress(admin: Caller, move: str) -> dict[str, Any]:
    return expect(await admin.write.get(move))


async def finished(admin: Caller, move: str) -> dict[str, Any]:
    async def is_finished() -> dict[str, Any] | None:
        now = await progress(admin, move)
        return now if now["status"] == "finished" else None

    found = await eventually(is_finished, PATIENCE_S)
    assert found is not None
    return found


async def open_many(world: World, requester_id: str, organization_id: str, subject: str) -> list[str]:
    at = datetime.now(timezone.utc)
    tickets = [
        Ticket.open(
            subject=f"{subject} {number}",
            body="One of many.",
            requester_id=UUID(requester_id),
            organization_id=UUID(organization_id),
            at=at,
        )
        for number in range(MANY)
    ]
    async with UnitOfWorkFactory(world.pool)() as unit:
        for ticket in tickets:
            await unit.tickets.add(ticket)
        await unit.commit()
    return [str(ticket.id) for ticket in tickets]


async def seen(caller: Caller, subject: str) -> tuple[set[str], set[str], int]:
    """In the list, in a search, and in the counts."""
    listed = expect(await caller.read.get("/v1/tickets", params={"limit": 100}))["items"]
    found = expect(await caller.read.get("/v1/search/tickets", params={"q": subject, "limit": 100}))["items"]
    counts = expect(await caller.read.get("/v1/counts"))
    return ids(listed), ids(found), counts["all"]["total"]


def ids(items: Iterable[dict[str, Any]]) -> set[str]:
    return {item["id"] for item in items}


async def test_who_sees_them_follows(served: Served, people: People, served_world: World) -> None:
    admin, subject = people.admin, word()
    old, new = await company(admin), await company(admin)
    losing, gaining = [await member(served.desk, admin, one) for one in (old, new)]
    requester = await member(served.desk, admin, old)
    tickets = [await open_ticket(requester, subject=f"{subject} {number}") for number in range(12)]
    wanted = {ticket["id"] for ticket in tickets}
    headers = waiting_for(tickets[-1]["token"])
    expect(await people.agent.read.get("/v1/tickets", headers=headers))

    async def only_the_old_ones() -> bool:
        return (await seen(losing, subject), await seen(gaining, subject)) == ((wanted, wanted, 12), (set(), set(), 0))

    assert await eventually(only_the_old_ones)
    done = await finished(admin, await start_move(admin, old, new))
    assert (done["moved"], done["total"]) == (12, 12)

    async def only_the_new_ones() -> bool:
        return (await seen(losing, subject), await seen(gaining, subject)) == ((set(), set(), 0), (wanted, wanted, 12))

    assert await eventually(only_the_new_ones)
    for ticket in tickets:
        path = f"/v1/tickets/{ticket['id']}"
        for place in (path, f"{path}/messages", f"{path}/history"):
            expect(await gaining.read.get(place))
            expect(await requester.read.get(place))
            problem(await losing.read.get(place), 404, "ticket.not_found")
        shown = expect(await people.agent.read.get(path))
        assert (shown["organization"]["id"], shown["version"]) == (new, 2)
    history = expect(await people.agent.read.get(f"/v1/tickets/{tickets[0]['id']}/history"))["items"]
    assert [event["type"] for event in history] == ["TicketOpened", "TicketMovedToOrganization"]
    assert history[1]["actor"] == {"id": history[1]["actor"]["id"], "name": admin.name}
    assert await is_clean(served)


async def test_it_goes_on_after_a_kill_and_beside_another_mover(
    served: Served, people: People, served_world: World
) -> None:
    admin, subject = people.admin, word()
    old, new = await company(admin), await company(admin)
    tickets = await open_many(served_world, people.customer.id, old, subject)
    move = await start_move(admin, old, new)

    async def is_under_way() -> bool:
        return bool((await progress(admin, move))["moved"])

    await eventually(is_under_way, PATIENCE_S)
    served.projector.end(signal.SIGKILL)
    try:
        interrupted = await progress(admin, move)
        assert interrupted["status"] == "running" and 0 < interrupted["moved"] < MANY
        # What was moved before is committed, and nothing else is.
        assert await moved_rows(served_world, new) == interrupted["moved"]
    finally:
        served.projector.start()
    await asyncio.gather(move_all(served_world.pool), move_all(served_world.pool))
    done = await finished(admin, move)
    assert (done["moved"], done["total"], await moved_rows(served_world, new)) == (MANY, MANY, MANY)
    versions = await served_world.pool.fetch(
        "SELECT DISTINCT version FROM tickets WHERE id = ANY($1)", [UUID(ticket) for ticket in tickets]
    )
    assert [row["version"] for row in versions] == [2], "each was moved once"

    async def all_found() -> bool:
        found = expect(await people.agent.read.get(f"/v1/search/tickets?organization={new}&limit=1&facets=status"))
        return bool(found["total"]["value"] == MANY)

    assert await eventually(all_found, PATIENCE_S)
    assert await is_clean(served)


async def moved_rows(world: World, organization_id: str) -> int:
    count: int = await world.pool.fetchval(
        "SELECT count(*) FROM tickets WHERE organization_id = $1", UUID(organization_id)
    )
    return count


async def is_clean(served: Served) -> bool:
    """Postgres, Elasticsearch and Redis, the counters included, hold the same."""
    async with open_projector(served.settings) as projector:

        async def agree() -> bool:
            return await differences(projector) == []

        return await eventually(agree, PATIENCE_S)
