"""From a commit through Kafka into the stores, with what may go wrong on the way."""

from __future__ import annotations

from collections.abc import Awaitable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from typing import cast
from uuid import UUID

import aiohttp
import orjson
import pytest

from projector import dead
from projector.bootstrap import Projector, open_projector
from projector.freshness import measure
from projector.kafka import published, watch
from projector.kafka.project import Taken
from projector.kafka.records import Change
from projector.relay.claim import BACKGROUND_LANE, LIVE_LANE
from read_models.guard import Guard
from runtime.settings import Settings
from tests.integration.projector.faulty import FaultyElasticsearch
from tests.integration.projector.office import Office, differences
from tests.integration.projector.test_sharing import done_by
from tests.support.carrying import (
    carry_all,
    consuming,
    forget_offsets,
    has_members,
    is_empty,
    link_of,
    look,
    publish_all,
    read_topic,
    waiting,
)
from tests.support.eventually import eventually
from write_api.persistence.outbox import SHARDS, shard_of


async def test_everything_arrives(carrier: Projector, office: Office) -> None:
    agent = await office.hire()
    kept, gone = await office.open_ticket(agent.id), await office.open_ticket(agent.id)
    await carry_all(carrier)
    await office.reply(kept.id, agent.id, "Which model?")
    await office.delete_ticket(gone.id)
    await office.publish(agent.id)
    await carry_all(carrier)
    assert await waiting(carrier) == 0
    assert await differences(carrier) == []


async def test_a_record_is_what_the_view_says_and_an_aggregate_keeps_its_order(
    carrier: Projector, office: Office
) -> None:
    agent = await office.hire()
    for number in range(20):
        ticket = await office.open_ticket(agent.id)
        await office.reply(ticket.id, agent.id, f"Message {number}")
    rows = await office.pool.fetch("SELECT * FROM outbox_events ORDER BY id")
    expected = {row["id"]: row for row in rows}
    await publish_all(carrier)
    records = await read_topic(carrier, LIVE_LANE)
    assert {orjson.loads(record.value)["id"] for record in records} == expected.keys()
    newest: dict[UUID, int] = {}
    for record in records:
        value = orjson.loads(record.value)
        row, headers = expected[value["id"]], dict(record.headers)
        assert value == row["payload"]
        assert UUID(record.key.decode()) == row["aggregateid"]
        assert headers["event_type"].decode() == row["type"]
        assert (headers["version"], headers["lane"]) == (str(value["version"]).encode(), b"0")
        assert record.partition == shard_of(row["aggregateid"]) % carrier.settings.kafka_partitions
        assert newest.get(row["aggregateid"], 0) < value["id"]
        newest[row["aggregateid"]] = value["id"]


async def test_what_is_published_and_not_projected_is_neither_fresh_nor_visible(
    carrier: Projector, office: Office
) -> None:
    agent = await office.hire()
    await carry_all(carrier)
    committed_after = await office.pool.fetchval("SELECT clock_timestamp()")
    ticket = await office.open_ticket(agent.id)
    await publish_all(carrier)
    assert await waiting(carrier, "outbox") == 0
    measured = await measure(carrier.pool)
    assert measured.pending > 0
    assert measured.as_of >= committed_after
    written = await office.pool.fetchval("SELECT min(created_at) FROM outbox_published")
    assert measured.as_of <= written
    assert await guard_of(carrier, ticket.id) is None
    # Of a ticket that is shown a message that is under way holds its version.
    async with consuming(carrier):
        await is_empty(carrier)
    await office.reply(ticket.id, agent.id, "More")
    await publish_all(carrier)
    await office.pool.execute("UPDATE outbox_published SET next_at = 'infinity' WHERE aggregate_type = 'message'")
    await project_tickets_only(carrier, ticket.id)
    held = await guard_of(carrier, ticket.id)
    assert held is not None and held.aggregate_version == 2 and held.covers(1) and not held.covers(2)
    await office.pool.execute("UPDATE outbox_published SET next_at = '-infinity'")
    async with consuming(carrier):
        await is_empty(carrier)
    covered = await guard_of(carrier, ticket.id)
    assert covered is not None and covered.covers(2)
    assert await differences(carrier) == []


async def test_records_that_come_again_find_nothing_to_do(carrier: Projector, office: Office) -> None:
    agent = await office.hire()
    ticket = await office.open_ticket(agent.id)
    await carry_all(carrier)
    done = done_by(carrier)
    await forget_offsets(carrier)
    assert await look(carrier) > 0

    async def is_read() -> bool:
        return await look(carrier) == 0

    async with consuming(carrier):
        await eventually(is_read, timeout_s=60.0)
    assert done_by(carrier) == done
    await office.retitle(ticket.id, "Once more")
    await carry_all(carrier)
    assert await differences(carrier) == []


async def test_two_and_four_processes_share_a_backlog(
    carrier: Projector, kafka_settings: Settings, office: Office
) -> None:
    settings = kafka_settings.copy(update={"kafka_consumers": 1, "projector_batch_rows": 16})
    agent = await office.hire()
    async with (
        open_projector(settings) as first,
        open_projector(settings) as second,
        open_projector(settings) as third,
        open_projector(settings) as fourth,
    ):
        for crowd in ([first, second], [first, second, third, fourth]):
            before = [done_by(one) for one in crowd]
            for number in range(96):
                await office.open_ticket(agent.id, subject=f"Ticket {number}")
            rows = await waiting(carrier)
            async with AsyncExitStack() as stack:
                for one in crowd:
                    await stack.enter_async_context(consuming(one))
                # Before there is anything to do: a quick one would have done it all.
                await has_members(carrier, LIVE_LANE, len(crowd))
                await publish_all(carrier)
                await is_empty(carrier)
            shares = [done_by(one) - then for one, then in zip(crowd, before)]
            assert sum(shares) == rows
            assert min(shares) > 0, shares
    assert await differences(carrier) == []


async def test_what_backs_off_goes_through_the_outbox_and_holds_up_nobody(carrier: Projector, office: Office) -> None:
    agent = await office.hire()
    sick, well = await office.open_ticket(agent.id), await office.open_ticket(agent.id)
    async with aiohttp.ClientSession() as session:
        faulty = FaultyElasticsearch(session, carrier.settings.elasticsearch_url)
        faulty.poison[str(sick.id)] = 500
        await carry_all(replace(carrier, elasticsearch=faulty))
        (row,) = await office.pool.fetch("SELECT attempts FROM outbox WHERE aggregate_type = 'ticket'")
        assert row["attempts"] == 1
        assert await waiting(carrier, "outbox_published") == 0
        shown = await guard_of(carrier, well.id)
        assert shown is not None and shown.covers(1)
        # Now it can never be indexed.
        faulty.poison[str(sick.id)] = 400
        await office.pool.execute("UPDATE outbox SET next_at = '-infinity'")
        await carry_all(replace(carrier, elasticsearch=faulty))
    assert await waiting(carrier) == 0
    (letter,) = await dead.dead_letters(carrier.pool)
    assert letter["document_id"] == str(sick.id)
    await dead.replay(carrier.pool)
    assert await waiting(carrier, "outbox") == 1
    await carry_all(carrier)
    assert await dead.dead_letters(carrier.pool) == []
    assert [record.topic for record in await read_topic(carrier, BACKGROUND_LANE)] == [
        link_of(carrier).topic(BACKGROUND_LANE)
    ]
    assert await differences(carrier) == []


async def test_what_kafka_lost_is_published_again(
    carrier: Projector, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = await office.hire()
    await office.open_ticket(agent.id)
    await publish_all(carrier)
    rows = await waiting(carrier, "outbox_published")
    # As after the loss of a broker's disk: the topic is shorter than what it had acknowledged.
    await office.pool.execute("UPDATE outbox_published SET record_offset = record_offset + 1000")
    await look(carrier)
    assert await waiting(carrier, "outbox_published") == rows, "too young to be called lost"
    monkeypatch.setattr(watch, "SURELY_THERE", timedelta())
    await look(carrier)
    assert (await waiting(carrier, "outbox_published"), await waiting(carrier, "outbox")) == (0, rows)
    await carry_all(carrier)
    assert await differences(carrier) == []


async def test_what_can_still_be_read_stays(
    carrier: Projector, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = await office.hire()
    ticket = await office.open_ticket(agent.id)
    await carry_all(carrier)
    await office.retitle(ticket.id, "In the same partition")
    await publish_all(carrier)
    monkeypatch.setattr(watch, "SURELY_THERE", timedelta())
    await look(carrier)
    assert await waiting(carrier, "outbox") == 0
    await office.pool.execute("UPDATE outbox_published SET record_offset = 0")
    await look(carrier)
    assert await waiting(carrier, "outbox_published") == 0, "read by the group, and still here"


async def test_the_transport_can_be_changed_back(carrier: Projector, kafka_settings: Settings, office: Office) -> None:
    agent = await office.hire()
    await office.open_ticket(agent.id)
    await publish_all(carrier)
    async with open_projector(kafka_settings.copy(update={"transport": "postgres"})) as other:
        assert await published.take_back_all(other.pool, timedelta(minutes=1)) == 0
        assert await published.take_back_all(other.pool, timedelta()) > 0
        await other.drain_all()
    assert await waiting(carrier) == 0
    assert await differences(carrier) == []


async def test_records_of_others_are_skipped(carrier: Projector, office: Office) -> None:
    producer = await link_of(carrier).producer()
    for key, value in ((b"?", b"{}"), (None, b"not JSON"), (b"x" * 36, b'{"id": 1}')):
        await producer.send_and_wait(link_of(carrier).topic(LIVE_LANE), value, key)
    agent = await office.hire()
    await office.open_ticket(agent.id)
    await carry_all(carrier)
    assert await differences(carrier) == []


async def project_tickets_only(carrier: Projector, ticket_id: UUID) -> None:
    """As a batch that ended between the records of a ticket and of its message."""
    (row,) = await carrier.pool.fetch(
        "SELECT id, root_id FROM outbox_published WHERE root_id = $1 AND aggregate_type = 'ticket'", ticket_id
    )
    async with carrier.pool.acquire() as connection:
        taken = await carrier.record_projector().project(
            connection, LIVE_LANE, [Change(row["id"], row["root_id"])], SHARDS
        )
        assert taken == Taken()


async def guard_of(projector: Projector, ticket_id: UUID) -> Guard | None:
    asked = projector.redis.redis.hget(projector.redis.keys.applied("ticket"), str(ticket_id))
    value = await cast("Awaitable[bytes | None]", asked)
    return None if value is None else Guard.parse(value)
