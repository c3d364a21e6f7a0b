"""The whole process in this loop, with Kafka and without one that answers."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import httpx
import pytest
from aiokafka.admin import AIOKafkaAdminClient

from projector import dead
from projector.bootstrap import Projector, open_projector
from projector.kafka import publish
from projector.kafka.project import Taken
from projector.projections.history import HISTORY_PROJECTION
from projector.projections.registry import PROJECTIONS_BY_AGGREGATE
from projector.projections.tickets import TICKETS_PROJECTION
from projector.relay.claim import BACKGROUND_LANE, LIVE_LANE
from projector.relay.settle import MAX_ATTEMPTS
from projector.status import status
from runtime.settings import Settings
from tests.integration.kafka.test_transport import guard_of
from tests.integration.projector.office import Office, differences
from tests.integration.projector.test_crashes import POINTS, Crash, crash_at
from tests.integration.projector.test_process import process
from tests.integration.projector.test_sharing import done_by
from tests.integration.projector.test_unreadable import BROKEN
from tests.support.carrying import (
    TIMEOUT_S,
    carry_all,
    carrying,
    consuming,
    is_empty,
    link_of,
    publish_all,
    published_changes,
    publishing,
    waiting,
)
from tests.support.eventually import eventually
from tests.support.free_ports import free_port_base


async def test_a_process_carries_what_is_committed_and_says_that_it_is_whole(
    carrier: Projector, kafka_settings: Settings, office: Office
) -> None:
    agent = await office.hire()
    settings = kafka_settings.copy(update={"projector_port": free_port_base()})
    async with process(settings):
        ticket = await office.open_ticket(agent.id)

        async def is_shown() -> bool:
            guard = await guard_of(carrier, ticket.id)
            return guard is not None and guard.covers(1)

        await eventually(is_shown, TIMEOUT_S)
        await eventually(lambda: says(settings, "ok"), TIMEOUT_S)
    assert await waiting(carrier) == 0
    assert await differences(carrier) == []


async def test_a_sentinel_goes_through_kafka_too(carrier: Projector, kafka_settings: Settings) -> None:
    settings = kafka_settings.copy(update={"projector_port": free_port_base(), "projector_sentinel_s": 1})

    async def is_found() -> bool:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.projector_port}") as client:
            shown = (await client.get("/metrics")).text
        (count,) = re.findall(r"^tidedesk_commit_to_visible_seconds_count ([0-9.]+)$", shown, re.MULTILINE)
        return float(count) > 0

    async with process(settings):
        await eventually(lambda: says(settings, "ok"), TIMEOUT_S)
        await eventually(is_found, TIMEOUT_S)


async def test_without_a_broker_changes_wait_and_it_is_told(
    carrier: Projector, kafka_settings: Settings, office: Office
) -> None:
    agent = await office.hire()
    await office.open_ticket(agent.id)
    port = free_port_base()
    nobody = {"kafka_servers": (f"127.0.0.1:{port + 1}",), "kafka_timeout_ms": 500, "projector_port": port}
    settings = kafka_settings.copy(update=nobody)
    rows = await waiting(carrier, "outbox")
    async with process(settings):
        answer = await eventually(lambda: says(settings, "degraded"), TIMEOUT_S)
        assert answer["checks"] == {"kafka": {"status": "failed", "required": False}}
    assert await waiting(carrier, "outbox") == rows
    async with open_projector(settings) as blind:
        (problem,) = [one for one in (await status(blind))["problems"] if "kafka" in one]
    assert "nothing is lost" in problem
    await carry_all(carrier)
    assert await differences(carrier) == []


@pytest.mark.parametrize("point", ["publish", "acked"])
async def test_a_relay_that_ends_before_its_rows_moved_publishes_them_again(
    carrier: Projector, office: Office, point: str
) -> None:
    agent = await office.hire()
    await office.open_ticket(agent.id)
    rows = await waiting(carrier, "outbox")
    with pytest.raises(Crash):
        await carrier.relay(crash_at(point, 1)).run()
    assert await waiting(carrier, "outbox") == rows
    await carry_all(carrier)
    assert await waiting(carrier) == 0
    assert done_by(carrier) == rows, "each once, though some have two records"
    assert await differences(carrier) == []


@pytest.mark.parametrize("point", [*POINTS, "offsets"])
async def test_a_consumer_that_ends_at_any_point_is_followed_by_one_that_finishes(
    carrier: Projector, office: Office, point: str
) -> None:
    agent = await office.hire()
    kept, gone = await office.open_ticket(agent.id), await office.open_ticket(agent.id)
    await office.reply(kept.id, agent.id, "Which model?")
    await office.delete_ticket(gone.id)
    await publish_all(carrier)
    consumers = carrier.consumers(link_of(carrier), crash_at(point, 1))
    with pytest.raises(Crash):
        await consumers.run()
    consumers.stop()
    # What was half written is overtaken.
    await office.retitle(kept.id, "Overtaken")
    await carry_all(carrier)
    assert await waiting(carrier) == 0
    assert await differences(carrier) == []


async def test_documents_that_cannot_be_read_end_as_dead_letters_and_their_neighbours_arrive(
    carrier: Projector, office: Office
) -> None:
    agent = await office.hire()
    await carry_all(carrier)
    broken, well = await office.open_ticket(agent.id), await office.open_ticket(agent.id)
    await office.pool.execute("UPDATE outbox SET attempts = $1", MAX_ATTEMPTS - 1)
    await publish_all(carrier)
    only_this = BROKEN.rows.replace("(t.version - t.version)", f"(t.id <> '{broken.id}')::int")
    projections = {
        **PROJECTIONS_BY_AGGREGATE,
        "ticket": (replace(TICKETS_PROJECTION, rows=only_this), HISTORY_PROJECTION),
    }
    projector = carrier.record_projector(projections=projections)
    async with carrier.pool.acquire() as connection:
        assert await projector.project(connection, LIVE_LANE, await published_changes(carrier), 500) == Taken()
    assert await waiting(carrier) == 0
    letters = await dead.dead_letters(carrier.pool)
    assert {letter["document_id"] for letter in letters if letter["projection"] == "tickets"} == {str(broken.id)}
    shown = await guard_of(carrier, well.id)
    assert shown is not None and shown.covers(1)
    await dead.replay(carrier.pool)
    await carry_all(carrier)
    assert await dead.dead_letters(carrier.pool) == []
    assert await differences(carrier) == []


async def test_a_record_that_is_read_before_its_row_has_moved_waits_for_that(
    carrier: Projector, office: Office
) -> None:
    """The relay stands between the acknowledgement and its commit while the record is there for everybody."""
    agent = await office.hire()
    ticket = await office.open_ticket(agent.id)
    seen: list[int] = []

    async def linger(point: str) -> None:
        if point == "acked" and not seen:
            seen.append(await waiting(carrier, "outbox_published"))

            async def somebody_waits() -> bool:
                return bool(await office.pool.fetchval(_WAITS_FOR_A_LOCK))

            await eventually(somebody_waits, TIMEOUT_S)

    async with consuming(carrier), publishing(carrier, linger):
        await is_empty(carrier)
    assert seen == [0]
    shown = await guard_of(carrier, ticket.id)
    assert shown is not None and shown.covers(1)
    assert await differences(carrier) == []


async def test_a_topic_that_was_deleted_is_made_again(
    carrier: Projector, kafka_settings: Settings, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish, "LONGEST_SILENCE_S", 0.0)
    agent = await office.hire()
    await carry_all(carrier)
    link = link_of(carrier)
    async with (
        open_projector(kafka_settings.copy(update={"kafka_timeout_ms": 1_000})) as projector,
        carrying(projector),
    ):
        admin = AIOKafkaAdminClient(**link.options())
        await admin.start()
        await admin.delete_topics([link.topic(LIVE_LANE), link.topic(BACKGROUND_LANE)])
        await admin.close()
        await office.open_ticket(agent.id)
        await is_empty(carrier)
    assert await differences(carrier) == []


_WAITS_FOR_A_LOCK = """
SELECT EXISTS (
    SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted
)"""


async def says(settings: Settings, wanted: str) -> dict[str, Any]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.projector_port}") as client:
        try:
            answer = await client.get("/readyz")
        except httpx.TransportError as error:
            raise AssertionError(str(error)) from error
    body: dict[str, Any] = answer.json()
    assert (answer.status_code, body["status"]) == (200, wanted)
    return body
