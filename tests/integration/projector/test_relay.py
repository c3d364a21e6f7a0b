from __future__ import annotations

from collections.abc import Awaitable
from typing import cast

from projector import dead
from projector.bootstrap import Projector
from read_models.guard import Guard
from tests.integration.projector.office import Office, differences, found, pending
from tests.support.words import word
from write_api.persistence.outbox import shard_of


async def guard_of(projector: Projector, aggregate_type: str, aggregate_id: object) -> Guard:
    key = projector.redis.keys.applied(aggregate_type)
    value = await cast("Awaitable[bytes | None]", projector.redis.redis.hget(key, str(aggregate_id)))
    assert value is not None
    return Guard.parse(value)


async def test_everything_written_is_projected(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    ticket = await office.open_ticket(agent.id)
    await office.reply(ticket.id, agent.id, "Which model?")
    await office.publish(agent.id)
    assert await fresh_projector.drain_all() > 0
    assert await pending(fresh_projector) == 0
    assert await differences(fresh_projector) == []
    assert (await guard_of(fresh_projector, "ticket", ticket.id)).aggregate_version == 2


async def test_many_events_of_a_ticket_become_one_write(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    ticket = await office.open_ticket(agent.id)
    for number in range(5):
        await office.retitle(ticket.id, f"Title {number}")
    await fresh_projector.drain_all()
    index = f"/{fresh_projector.namespace}-tickets/_doc/{ticket.id}"
    document = await fresh_projector.elasticsearch.call("GET", index)
    assert document["_seq_no"] == 0
    assert document["_source"]["subject"] == "Title 4"


async def test_a_late_commit_with_a_low_id_is_not_lost(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    slow, quick = await office.open_ticket(agent.id), await office.open_ticket(agent.id)
    await fresh_projector.drain_all()
    async with office.pool.acquire() as connection:
        late = connection.transaction()
        await late.start()
        await connection.execute(
            "INSERT INTO outbox (shard, aggregate_type, aggregate_id, aggregate_version, event_type)"
            " VALUES ($1, 'ticket', $2, 2, 'Late')",
            shard_of(slow.id),
            slow.id,
        )
        await connection.execute("UPDATE tickets SET subject = 'late', version = 2 WHERE id = $1", slow.id)
        await office.retitle(quick.id, "quick")
        assert await fresh_projector.drain_all() > 0
        assert (await guard_of(fresh_projector, "ticket", quick.id)).aggregate_version == 2
        await late.commit()
    assert await fresh_projector.drain_all() == 1
    assert (await guard_of(fresh_projector, "ticket", slow.id)).aggregate_version == 2
    assert await differences(fresh_projector) == []


async def test_a_deleted_ticket_leaves_tombstones_that_nobody_finds(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    gone, kept = await office.open_ticket(agent.id), await office.open_ticket(agent.id)
    await fresh_projector.drain_all()
    await office.delete_ticket(gone.id)
    await fresh_projector.drain_all()
    assert await found(fresh_projector, "tickets", {"match_all": {}}) == [str(kept.id)]
    assert await found(fresh_projector, "messages", {"term": {"ticket_id": str(gone.id)}}) == []
    index = f"/{fresh_projector.namespace}-tickets/_doc/{gone.id}"
    assert (await fresh_projector.elasticsearch.call("GET", index))["_source"]["deleted"] is True
    guard = await guard_of(fresh_projector, "ticket", gone.id)
    assert (guard.aggregate_version, guard.bucket) == (2, "")
    counters = fresh_projector.redis.redis.hgetall(fresh_projector.redis.keys.counters)
    one = {b"all:-:new": b"1", b"assignee:none:new": b"1", b"group:none:new": b"1"}
    assert await cast("Awaitable[dict[bytes, bytes]]", counters) == one
    assert await differences(fresh_projector) == []


async def test_poison_becomes_a_dead_letter_and_others_flow(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    poison = await office.open_ticket(agent.id)
    # Elasticsearch takes no single value above 32,766 bytes here, and the rules of a ticket would refuse it, too.
    await office.pool.execute(
        "UPDATE tickets SET custom_fields = jsonb_build_object('k', repeat('x', 40000)) WHERE id = $1", poison.id
    )
    well = await office.open_ticket(agent.id, subject=word())
    await fresh_projector.drain_all()
    assert await pending(fresh_projector) == 0
    assert await found(fresh_projector, "tickets", {"match": {"subject": well.subject}}) == [str(well.id)]
    (letter,) = await dead.dead_letters(fresh_projector.pool)
    assert (letter["projection"], letter["document_id"]) == ("tickets", str(poison.id))
    assert letter["reason"].startswith("400 mapper_parsing_exception: failed to parse field [custom_fields]")
    assert len(letter["reason"]) < 1000

    assert await dead.replay(fresh_projector.pool, letter["id"]) == 1
    await fresh_projector.drain_all()
    (again,) = await dead.dead_letters(fresh_projector.pool)
    assert again["first_failed_at"] == letter["first_failed_at"] < again["failed_at"]

    await office.pool.execute("UPDATE tickets SET custom_fields = '{}' WHERE id = $1", poison.id)
    assert await dead.replay(fresh_projector.pool) == 1
    await fresh_projector.drain_all()
    assert await dead.dead_letters(fresh_projector.pool) == []
    assert await differences(fresh_projector) == []


async def test_a_new_name_is_one_write_whatever_shows_it(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    for _ in range(3):
        await office.open_ticket(agent.id)
    await fresh_projector.drain_all()
    await office.rename(agent.id, "Ada New")
    assert await fresh_projector.drain_all() == 1
    label = fresh_projector.redis.redis.hget(fresh_projector.redis.keys.labels("user"), str(agent.id))
    assert b'"name" : "Ada New"' in await cast("Awaitable[bytes]", label)


async def test_a_ticket_of_five_thousand_messages_is_searchable_to_its_first(
    fresh_projector: Projector, office: Office
) -> None:
    agent, first = await office.hire(), word()
    ticket = await office.open_ticket(agent.id, body=f"It began with {first}.")
    await office.pool.execute(
        "INSERT INTO messages (id, ticket_id, position, author_id, visibility, body, created_at)"
        " SELECT gen_random_uuid(), $1, position, $2, CASE WHEN position % 2 = 0 THEN 'internal' ELSE 'public' END,"
        " 'Line ' || position || repeat(' and so it went on', 100), clock_timestamp()"
        " FROM generate_series(2, 5000) AS position",
        ticket.id,
        agent.id,
    )
    await office.pool.execute("UPDATE tickets SET message_count = 5000 WHERE id = $1", ticket.id)
    await fresh_projector.drain_all()
    assert await found(fresh_projector, "tickets", {"match": {"public_all": first}}) == [str(ticket.id)]
    source = (
        await fresh_projector.elasticsearch.call("GET", f"/{fresh_projector.namespace}-tickets/_doc/{ticket.id}")
    )["_source"]
    assert len(source["public_text"]["en"]) == len(source["internal_text"]["en"]) == 2500
    # The newest 20, and public ones until there are 20 of those.
    assert [message["position"] for message in source["messages"]] == [
        *range(4961, 4981, 2),
        *range(4981, 5001),
    ]
