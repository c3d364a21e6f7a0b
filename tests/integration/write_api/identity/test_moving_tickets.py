"""Moving all tickets of an organization: what the command answers, and what each step leaves in Postgres."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone
from typing import Any
from uuid import UUID

import httpx
import pytest

from domain.shared.ids import uuid7
from domain.tickets.ticket import Ticket
from projector.ticket_moves import running_moves
from tests.integration.write_api.conftest import Someone, opened, stored_organization
from tests.integration.write_api.rows import event_data, event_types, one_row
from tests.support.desk import expect, problem
from write_api.persistence.moving_tickets import move_next
from write_api.persistence.unit_of_work import Pool, UnitOfWorkFactory


async def companies(unit_of_work: UnitOfWorkFactory, count: int = 2) -> list[str]:
    return [str((await stored_organization(unit_of_work, shares_tickets=True)).id) for _ in range(count)]


async def started(someone: Someone, source: object, to: object, **headers: str) -> httpx.Response:
    return await someone.client.post(
        f"/v1/organizations/{source}/move-tickets",
        json={"to": to},
        headers={k.replace("_", "-"): v for k, v in headers.items()},
    )


async def step(pool: Pool, limit: int = 2) -> bool:
    return await move_next(pool, datetime.now(timezone.utc), limit)


async def finish(pool: Pool) -> None:
    while await step(pool):
        pass


async def organization_of(pool: Pool, ticket: dict[str, Any]) -> str | None:
    row = await one_row(pool, "SELECT organization_id FROM tickets WHERE id = $1", UUID(ticket["id"]))
    return None if row["organization_id"] is None else str(row["organization_id"])


async def test_all_tickets_follow_some_at_a_time(admin: Someone, pool: Pool, unit_of_work: UnitOfWorkFactory) -> None:
    old, new = await companies(unit_of_work)
    tickets = [await opened(admin, organization_id=old) for _ in range(5)]
    answer = await started(admin, old, new)
    move = expect(answer, 202)
    assert answer.headers["Location"] == f"/v1/ticket-moves/{move['id']}"
    assert not {"ETag", "Consistency-Token"} & set(answer.headers)
    assert (move["status"], move["moved"], move["total"]) == ("running", 0, 5)
    assert (move["organization_id"], move["to"], move["finished_at"]) == (old, new, None)
    late = await opened(admin, organization_id=old)

    assert await step(pool)
    half = expect(await admin.client.get(answer.headers["Location"]))
    assert (half["status"], half["moved"]) == ("running", 2)
    (shown,) = [row for row in await running_moves(pool) if row["id"] == move["id"]]
    assert (shown["moved"], shown["total"]) == (2, 5)
    assert [await organization_of(pool, ticket) for ticket in tickets] == [new, new, old, old, old]
    await finish(pool)
    done = expect(await admin.client.get(answer.headers["Location"]))
    assert (done["status"], done["moved"], done["total"]) == ("finished", 5, 5)
    assert done["finished_at"] is not None
    assert move["id"] not in {row["id"] for row in await running_moves(pool)}

    assert [await organization_of(pool, ticket) for ticket in tickets] == [new] * 5
    assert await organization_of(pool, late) == old, "it was opened after the move had started"
    for ticket in tickets:
        row = await one_row(
            pool, "SELECT version, updated_at > created_at AS later FROM tickets WHERE id = $1", UUID(ticket["id"])
        )
        assert row == {"version": 2, "later": True}
        assert await event_types(pool, ticket["id"]) == ["TicketOpened", "TicketMovedToOrganization"]
        data = await event_data(pool, ticket["id"], "TicketMovedToOrganization")
        assert data == {"before": old, "after": new, "move_id": move["id"]}
        lane = await one_row(
            pool,
            "SELECT lane, aggregate_version FROM outbox WHERE aggregate_id = $1 ORDER BY lane DESC LIMIT 1",
            UUID(ticket["id"]),
        )
        assert lane == {"lane": 1, "aggregate_version": 2}
    events = await event_types(pool, move["id"])
    assert events == ["OrganizationTicketsMoveStarted", "OrganizationTicketsMoved"]
    actors = await pool.fetch(
        "SELECT DISTINCT actor_id FROM domain_events"
        " WHERE type = 'TicketMovedToOrganization' AND data->>'move_id' = $1",
        move["id"],
    )
    assert [str(row["actor_id"]) for row in actors] == [admin.id]


async def test_a_ticket_that_was_committed_behind_the_pass_goes_along(
    admin: Someone, pool: Pool, unit_of_work: UnitOfWorkFactory
) -> None:
    old, new = await companies(unit_of_work)
    slow = Ticket.open(
        subject="Slow",
        body="Its id is old.",
        requester_id=admin.user.id,
        organization_id=UUID(old),
        at=admin.user.created_at,
    )
    for _ in range(3):
        await opened(admin, organization_id=old)
    expect(await started(admin, old, new), 202)
    assert await step(pool, limit=3)
    async with unit_of_work() as unit:
        await unit.tickets.add(slow)
        await unit.commit()
    await finish(pool)
    assert await organization_of(pool, {"id": str(slow.id)}) == new


async def test_to_no_organization(admin: Someone, pool: Pool, unit_of_work: UnitOfWorkFactory) -> None:
    (old,) = await companies(unit_of_work, 1)
    ticket = await opened(admin, organization_id=old)
    expect(await started(admin, old, None), 202)
    await finish(pool)
    assert await organization_of(pool, ticket) is None


async def test_nothing_to_move_is_finished_at_once(admin: Someone, unit_of_work: UnitOfWorkFactory) -> None:
    old, new = await companies(unit_of_work)
    move = expect(await started(admin, old, new), 202)
    assert (move["status"], move["moved"], move["total"]) == ("finished", 0, 0)


async def test_what_is_refused(
    admin: Someone, agent: Someone, customer: Someone, pool: Pool, unit_of_work: UnitOfWorkFactory
) -> None:
    old, new = await companies(unit_of_work)
    for someone in (agent, customer):
        problem(await started(someone, old, new), 403, "forbidden")
        problem(await someone.client.get(f"/v1/ticket-moves/{uuid7()}"), 403, "forbidden")
    problem(await started(admin, uuid7(), new), 404, "organization.not_found")
    problem(await admin.client.get(f"/v1/ticket-moves/{uuid7()}"), 404, "ticket_move.not_found")
    unknown = problem(await started(admin, old, str(uuid7())), 422, "reference.unknown")
    itself = problem(await started(admin, old, old), 422, "ticket_move.to_itself")
    assert unknown["errors"][0]["pointer"] == itself["errors"][0]["pointer"] == "/to"
    missing = await admin.client.post(f"/v1/organizations/{old}/move-tickets", json={})
    assert problem(missing, 422, "request.invalid")["errors"][0]["code"] == "field.required"
    assert await pool.fetchval("SELECT count(*) FROM ticket_moves WHERE from_organization_id = $1", UUID(old)) == 0


async def test_moves_of_one_organization_do_not_cross(
    admin: Someone, pool: Pool, unit_of_work: UnitOfWorkFactory
) -> None:
    one, two, three = await companies(unit_of_work, 3)
    for company in (one, two, three):
        await opened(admin, organization_id=company)
    running = expect(await started(admin, one, two), 202)
    for source, to in ((one, three), (two, one), (two, three), (three, one), (three, two)):
        refused = problem(await started(admin, source, to), 409, "ticket_move.running")
        assert refused["ticket_move_id"] == running["id"]
    await finish(pool)
    expect(await started(admin, two, three), 202)
    await finish(pool)


async def test_of_many_who_start_it_at_once_one_does(
    admin: Someone, pool: Pool, unit_of_work: UnitOfWorkFactory
) -> None:
    old, new = await companies(unit_of_work)
    await opened(admin, organization_id=old)
    await opened(admin, organization_id=new)
    pairs = [(old, new), (new, old)] * 3
    answers = await asyncio.gather(*(started(admin, source, to) for source, to in pairs))
    assert sorted(answer.status_code for answer in answers) == [202, 409, 409, 409, 409, 409]
    await finish(pool)


async def test_a_repeated_request_starts_no_second_move(
    admin: Someone, pool: Pool, unit_of_work: UnitOfWorkFactory
) -> None:
    old, new = await companies(unit_of_work)
    await opened(admin, organization_id=old)
    key = {"Idempotency_Key": str(uuid7())}
    first, second = [await started(admin, old, new, **key) for _ in range(2)]
    assert expect(first, 202) == expect(second, 202)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.headers["Location"] == first.headers["Location"]
    await finish(pool)


async def test_who_edits_meanwhile_wins_or_is_told(
    admin: Someone, agent: Someone, pool: Pool, unit_of_work: UnitOfWorkFactory
) -> None:
    old, new = await companies(unit_of_work)
    before, after = [await opened(admin, organization_id=old) for _ in range(2)]
    expect(await started(admin, old, new), 202)

    async def prioritise(ticket: dict[str, Any], etag: str) -> httpx.Response:
        return await agent.client.patch(
            f"/v1/tickets/{ticket['id']}", json={"priority": "high"}, headers={"If-Match": etag}
        )

    expect(await prioritise(before, '"v1"'))
    await finish(pool)
    stale = await prioritise(after, '"v1"')
    problem(stale, 412, "version_mismatch")
    expect(await prioritise(after, stale.headers["ETag"]))
    for ticket in (before, after):
        row = await one_row(
            pool, "SELECT version, priority, organization_id FROM tickets WHERE id = $1", UUID(ticket["id"])
        )
        assert row == {"version": 3, "priority": "high", "organization_id": UUID(new)}


@pytest.mark.parametrize("movers", [4])
async def test_editors_and_several_movers_lose_nothing(
    admin: Someone, agent: Someone, pool: Pool, unit_of_work: UnitOfWorkFactory, movers: int
) -> None:
    old, new = await companies(unit_of_work)
    tickets = [await opened(admin, organization_id=old) for _ in range(30)]
    move = expect(await started(admin, old, new), 202)

    async def edit(ticket: dict[str, Any]) -> None:
        answer = await agent.client.patch(
            f"/v1/tickets/{ticket['id']}", json={"priority": "urgent"}, headers={"If-Match": "*"}
        )
        expect(answer)

    async def move_on() -> None:
        """Ends when another mover holds the move; the last one to look finds it finished."""
        while await step(pool, limit=7):
            pass

    await asyncio.gather(*(move_on() for _ in range(movers)), *(edit(ticket) for ticket in tickets))
    await finish(pool)
    done = expect(await admin.client.get(f"/v1/ticket-moves/{move['id']}"))
    assert (done["status"], done["moved"]) == ("finished", 30)
    rows = await pool.fetch(
        "SELECT version, priority, organization_id FROM tickets WHERE id = ANY($1)",
        [UUID(ticket["id"]) for ticket in tickets],
    )
    assert {tuple(row) for row in rows} == {(3, "urgent", UUID(new))}


async def test_a_ticket_deleted_meanwhile_is_not_waited_for(
    admin: Someone, pool: Pool, unit_of_work: UnitOfWorkFactory
) -> None:
    old, new = await companies(unit_of_work)
    newest = [await opened(admin, organization_id=old) for _ in range(3)][-1]
    move = expect(await started(admin, old, new), 202)
    gone = await admin.client.delete(f"/v1/tickets/{newest['id']}", headers={"If-Match": '"v1"'})
    assert gone.status_code == 204
    await finish(pool)
    done = expect(await admin.client.get(f"/v1/ticket-moves/{move['id']}"))
    assert (done["status"], done["moved"], done["total"]) == ("finished", 2, 3)
