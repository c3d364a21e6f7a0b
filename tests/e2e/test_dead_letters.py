"""A document that cannot be projected: an admin reads why, has it tried again, and it is gone when it is well."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.support.desk import Caller, expect, open_ticket, problem
from tests.support.eventually import eventually
from tests.support.people import People
from tests.support.world import World

# More than Elasticsearch takes as a single value.
POISON = "UPDATE tickets SET custom_fields = jsonb_build_object('k', repeat('x', 40000)) WHERE id = $1"
CURE = "UPDATE tickets SET custom_fields = '{}' WHERE id = $1"


async def letter_of(admin: Caller, ticket_id: str) -> dict[str, Any] | None:
    listed = expect(await admin.read.get("/v1/dead-letters", params={"projection": "tickets"}))
    assert listed["total"] >= len(listed["items"]) and listed["complete"]
    return next((letter for letter in listed["items"] if letter["aggregate_id"] == ticket_id), None)


async def test_it_appears_is_replayed_and_vanishes(people: People, served_world: World) -> None:
    admin, pool = people.admin, served_world.pool
    ticket_id = (await open_ticket(people.agent))["id"]
    await pool.execute(POISON, UUID(ticket_id))
    expect(
        await people.agent.write.patch(
            f"/v1/tickets/{ticket_id}", json={"subject": "Now it is poison"}, headers={"If-Match": "*"}
        )
    )

    async def is_dead() -> dict[str, Any] | None:
        return await letter_of(admin, ticket_id)

    letter = await eventually(is_dead)
    assert letter is not None
    assert (letter["projection"], letter["document_id"], letter["root_id"]) == ("tickets", ticket_id, ticket_id)
    assert letter["reason"].startswith("400 ") and len(letter["reason"]) <= 500
    assert letter["first_failed_at"] <= letter["failed_at"] and letter["failed_at"].endswith("Z")
    problem(await people.agent.read.get("/v1/dead-letters"), 403, "dead_letters.forbidden")

    path = f"/v1/dead-letters/{letter['id']}/replay"
    expect(await admin.write.post(path), 202)

    async def failed_again() -> bool:
        again = await letter_of(admin, ticket_id)
        return again is not None and again["failed_at"] > letter["failed_at"]

    await eventually(failed_again)
    await pool.execute(CURE, UUID(ticket_id))
    expect(await admin.write.post(path), 202)

    async def is_well() -> bool:
        return await letter_of(admin, ticket_id) is None

    await eventually(is_well)
    shown = expect(await people.agent.read.get("/v1/search/tickets", params={"q": "poison"}))
    assert ticket_id in {item["id"] for item in shown["items"]}
    problem(await admin.write.post(path), 404, "dead_letter.not_found")

    async def audited() -> bool:
        entries = expect(await admin.read.get("/v1/audit", params={"type": "DeadLettersReplayed"}))["items"]
        mine = [entry for entry in entries if f"tickets:{ticket_id}" in entry["data"]["letters"]]
        return [entry["actor"]["name"] for entry in mine] == [admin.name] * 2

    await eventually(audited)
