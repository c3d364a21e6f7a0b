"""A trace runs from the click to the index, through the real processes, to a collector that is really asked."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.support.addresses import StoreAddresses
from tests.support.collector import CollectedSpan, Collector, collecting
from tests.support.desk import expect, waiting_for
from tests.support.eventually import eventually
from tests.support.free_ports import free_port_base
from tests.support.people import People, hire, wait_until_known
from tests.support.served import Served, serve
from tests.support.words import word
from tests.support.world import open_world

STEPS = (
    "claim rows",
    "draw version",
    "read documents",
    "elasticsearch _bulk",
    "redis apply",
    "delete rows",
    "postgresql commit",
)


def new_trace(*, is_sampled: bool = True) -> tuple[str, str, str]:
    """Trace id, span id of the click, and the header that says both."""
    trace_id, span_id = secrets.token_hex(16), secrets.token_hex(8)
    return trace_id, span_id, f"00-{trace_id}-{span_id}-{'01' if is_sampled else '00'}"


@pytest_asyncio.fixture(scope="module")
async def traced(
    store_addresses: StoreAddresses, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Served, People, Collector]]:
    """Only what callers want recorded is: no trace begins by itself."""
    with collecting() as collector:
        changes: dict[str, Any] = {"otlp_endpoint": collector.endpoint, "trace_ratio": 0.0, "log_level": "INFO"}
        async with open_world(store_addresses, template, **changes) as world:
            async with serve(world.settings, tmp_path_factory.mktemp("traced")) as served:
                people = await hire(served.desk, world)
                await wait_until_known(people)
                yield served, people, collector


def only(spans: list[CollectedSpan], name: str) -> CollectedSpan:
    (span,) = [span for span in spans if span.name == name]
    return span


async def test_one_trace_runs_from_the_click_to_the_index(traced: tuple[Served, People, Collector]) -> None:
    served, people, collector = traced
    trace_id, click, traceparent = new_trace()
    subject, request_id = word(), f"request-{word()}"
    answer = await people.agent.write.post(
        "/v1/tickets",
        json={"subject": subject, "body": "Nobody may read this in a trace."},
        headers={"traceparent": traceparent, "X-Request-ID": request_id},
    )
    ticket = expect(answer, 201)
    shown = await people.agent.read.get(
        f"/v1/tickets/{ticket['id']}", headers=waiting_for(answer.headers["Consistency-Token"])
    )
    assert expect(shown)["subject"] == subject

    async def whole_trace() -> list[CollectedSpan]:
        spans = collector.of_trace(trace_id)
        return spans if {"POST /v1/tickets", "OpenTicket", "project batch"} <= {span.name for span in spans} else []

    spans = await eventually(whole_trace, 15)
    request, command = only(spans, "POST /v1/tickets"), only(spans, "OpenTicket")
    assert (request.service, request.kind, request.parent_id) == ("write_api", "SERVER", click)
    assert request.attributes["http.response.status_code"] == 201
    assert request.attributes["tidedesk.request_id"] == request_id
    assert (command.service, command.parent_id) == ("write_api", request.span_id)
    (commit,) = [span for span in spans if span.parent_id == command.span_id and span.service == "write_api"]
    assert (commit.name, commit.kind) == ("postgresql commit", "CLIENT")

    process, batch = only(spans, "process outbox"), only(spans, "project batch")
    assert (process.service, process.kind, process.parent_id) == ("projector", "CONSUMER", command.span_id)
    assert "TicketOpened" in process.attributes["tidedesk.event_types"]
    assert process.attributes["tidedesk.aggregate_types"] == ["message", "ticket"]
    assert process.attributes["tidedesk.rows"] == 2
    assert batch.parent_id == process.span_id
    steps = [span for span in spans if span.parent_id == batch.span_id]
    assert {span.name for span in steps} == set(STEPS)
    assert commit.ended_ns <= max(span.ended_ns for span in steps)
    assert all(batch.began_ns <= span.began_ns <= span.ended_ns <= batch.ended_ns for span in steps)


async def test_what_callers_wrote_is_in_no_span(traced: tuple[Served, People, Collector]) -> None:
    _, people, collector = traced
    trace_id, _, traceparent = new_trace()
    secret = f"hunter2{word()}"
    for body in ({"subject": secret, "body": secret}, {"subject": secret, "nothing": secret}):
        await people.agent.write.post(f"/v1/tickets?q={secret}", json=body, headers={"traceparent": traceparent})
    await people.agent.read.get("/v1/search/tickets", params={"q": secret}, headers={"traceparent": traceparent})

    async def all_are_there() -> bool:
        names = [span.name for span in collector.of_trace(trace_id)]
        return names.count("POST /v1/tickets") == 2 and "GET /v1/search/tickets" in names and "project batch" in names

    await eventually(all_are_there, 15)
    sent = b"".join(collector.bodies)
    assert secret.encode() not in sent
    assert people.agent.token.encode() not in sent and b"Bearer" not in sent


async def test_rows_of_several_traces_in_one_batch_are_linked(traced: tuple[Served, People, Collector]) -> None:
    """The projector stands still while two commands write, so that one batch takes the rows of both."""
    served, people, collector = traced
    traces = [new_trace() for _ in range(2)]
    served.projector.end()
    for _, _, traceparent in traces:
        body = {"subject": word(), "body": "Together."}
        expect(await people.agent.write.post("/v1/tickets", json=body, headers={"traceparent": traceparent}), 201)
    served.projector.start()

    async def processed() -> list[CollectedSpan]:
        found = [span for id_, _, _ in traces for span in collector.of_trace(id_) if span.name == "process outbox"]
        return found if len(found) == 2 else []

    one, other = sorted(await eventually(processed, 30), key=lambda span: bool(span.links))
    batches = [span for id_, _, _ in traces for span in collector.of_trace(id_) if span.name == "project batch"]
    (batch,) = batches
    assert batch.attributes["tidedesk.traces"] == 2
    # It is in the trace of the first, and in reach from the other in both directions.
    assert (batch.trace_id, batch.parent_id) == (one.trace_id, one.span_id)
    assert batch.links == {(other.trace_id, other.span_id)}
    assert other.links == {(batch.trace_id, batch.span_id)} and one.links == frozenset()


async def test_logs_name_the_trace_and_nothing_is_made_of_what_nobody_records(
    traced: tuple[Served, People, Collector],
) -> None:
    served, people, collector = traced
    recorded, _, wanted = new_trace()
    ignored, _, unwanted = new_trace(is_sampled=False)
    for traceparent in (unwanted, wanted):
        answer = await people.agent.read.get("/v1/tickets", headers={"traceparent": traceparent})
        expect(answer)

    async def is_sent() -> bool:
        return bool(collector.of_trace(recorded))

    await eventually(is_sent, 15)
    assert collector.of_trace(ignored) == []
    lines = [json.loads(line) for line in served.read_api.log().splitlines() if recorded in line]
    assert [(line["event"], line["trace_id"]) for line in lines] == [("request", recorded)]
    assert ignored not in served.read_api.log()


async def test_nothing_is_made_where_no_collector_is_named(served: Served, people: People) -> None:
    _, _, traceparent = new_trace()
    body = {"subject": word(), "body": "Untraced."}
    answer = await people.agent.write.post("/v1/tickets", json=body, headers={"traceparent": traceparent})
    expect(answer, 201)
    for process in (served.write_api, served.read_api, served.projector):
        # The half of the library that makes and sends spans is not even loaded.
        loaded = Path(f"/proc/{process.pid}/maps").read_text()
        assert "google/_upb" not in loaded and "google/protobuf" not in loaded


async def test_a_collector_that_is_away_changes_no_answer(
    store_addresses: StoreAddresses, template: str, tmp_path: Path
) -> None:
    away = f"http://127.0.0.1:{free_port_base()}"
    async with open_world(store_addresses, template, otlp_endpoint=away, trace_ratio=1.0) as world:
        async with serve(world.settings, tmp_path) as served:
            people = await hire(served.desk, world)
            await wait_until_known(people)
            for _ in range(50):
                answer = await people.agent.write.post("/v1/tickets", json={"subject": word(), "body": "All the same."})
                expect(answer, 201)
            shown = await people.agent.read.get(
                f"/v1/tickets/{answer.json()['id']}", headers=waiting_for(answer.headers["Consistency-Token"])
            )
            assert expect(shown)["subject"]

            async def is_said() -> bool:
                return "traces_not_sent" in served.write_api.log() and "traces_not_sent" in served.projector.log()

            await eventually(is_said, 30)
        # Also while it ends: nobody waits for a collector.
        assert served.logged_errors() == []
        # Once, not for each request that was not sent.
        assert served.write_api.log().count("traces_not_sent") == 1
