"""What could not be projected is kept with its reason, shown, tried again, and holds up nobody else."""

from __future__ import annotations

import orjson

from projector import dead
from projector.bootstrap import Projector
from projector.verify.repair import repair
from tests.integration.projector.office import Office, differences, found, pending
from tests.integration.projector.test_commands import answer, projector_command
from tests.support.words import word
from write_api.persistence.outbox import shard_of

# More than Elasticsearch takes as a single value.
POISON = "UPDATE tickets SET custom_fields = jsonb_build_object('k', repeat('x', 40000)) WHERE id = $1"
CURE = "UPDATE tickets SET custom_fields = '{}' WHERE id = $1"


async def test_others_of_its_shard_flow_on(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    poison = await office.open_ticket(agent.id)
    await office.pool.execute(POISON, poison.id)
    neighbours: list[str] = []
    while len(neighbours) < 2:
        ticket = await office.open_ticket(agent.id)
        if shard_of(ticket.id) == shard_of(poison.id):
            neighbours.append(str(ticket.id))
    # In one batch with it, and then behind it one by one.
    await fresh_projector.drain_all()
    await office.retitle(poison.id, "Still poison")
    await office.retitle(ticket.id, subject := word())
    await fresh_projector.drain_all()
    assert await pending(fresh_projector) == 0
    assert await found(fresh_projector, "tickets", {"match": {"subject": subject}}) == [neighbours[-1]]
    assert set(neighbours) <= set(await found(fresh_projector, "tickets", {"match_all": {}}))
    assert [letter["document_id"] for letter in await dead.dead_letters(fresh_projector.pool)] == [str(poison.id)]


async def test_its_reason_is_published_until_it_is_well(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    poison = await office.open_ticket(agent.id)
    await office.pool.execute(POISON, poison.id)

    async def failures() -> dict[str, str]:
        await fresh_projector.drain_all()
        published = await fresh_projector.redis.redis.get(fresh_projector.redis.keys.freshness)
        read: dict[str, str] = orjson.loads(published or b"{}")["failures"]
        return read

    (reason,) = [reason for name, reason in (await failures()).items() if name == f"ticket:{poison.id}"]
    assert reason.startswith("400 ") and len(reason) <= 200
    await office.pool.execute(CURE, poison.id)
    assert await dead.replay(fresh_projector.pool) == 1
    assert await failures() == {}


async def test_shows_what_it_was_about(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    poison = await office.open_ticket(agent.id)
    await office.pool.execute(POISON, poison.id)
    await fresh_projector.drain_all()
    (letter,) = await dead.dead_letters(fresh_projector.pool)
    code, shown = await answer(fresh_projector, "dead", "show", str(letter["id"]))
    assert (code, shown["aggregate_id"], shown["event_type"]) == (0, str(poison.id), "TicketOpened")
    assert shown["first_failed_at"] <= shown["failed_at"] and shown["attempts"] == 1
    assert shown["size_bytes"] > 40_000 and shown["document"].startswith('{"digest": "')
    assert (await projector_command(fresh_projector, "dead", "show", "999999"))[0] == 1


async def test_verify_can_cure_it_too(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    poison = await office.open_ticket(agent.id)
    await office.pool.execute(POISON, poison.id)
    await fresh_projector.drain_all()
    assert await repair(fresh_projector, await differences(fresh_projector)) != []
    assert len(await dead.dead_letters(fresh_projector.pool)) == 1
    await office.pool.execute(CURE, poison.id)
    assert await repair(fresh_projector, await differences(fresh_projector)) == []
    assert await dead.dead_letters(fresh_projector.pool) == []
