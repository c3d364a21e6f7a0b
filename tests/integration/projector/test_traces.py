from __future__ import annotations

from dataclasses import replace

import pytest
import pytest_asyncio
from opentelemetry.trace import StatusCode

from domain.tickets.ticket import Ticket
from projector.bootstrap import Projector
from projector.relay import traces
from runtime.errors import StoreUnavailable
from runtime.tracing.context import TraceParent
from tests.integration.projector.office import Office, differences, now, pending
from tests.support.spans import KeptSpans, attributes, tracing_into
from write_api.persistence.outbox import Origin


@pytest.fixture
def kept() -> KeptSpans:
    return KeptSpans()


@pytest_asyncio.fixture
async def traced(fresh_projector: Projector, kept: KeptSpans) -> Projector:
    await fresh_projector.drain_all()
    return replace(fresh_projector, tracing=tracing_into(kept))


async def written(office: Office, count: int) -> list[TraceParent]:
    """As many tickets, each in a trace of its own, and one more in none."""
    agent = await office.hire()
    contexts = [TraceParent(trace_id=number, span_id=7, is_sampled=True) for number in range(1, count + 1)]
    for context in (*map(str, contexts), None):
        ticket = Ticket.open(subject="Stripes", body="Again.", requester_id=agent.id, at=now(), locale="en")
        async with office.unit_of_work(Origin(trace_context=context)) as unit:
            await unit.tickets.add(ticket)
            await unit.commit()
    return contexts


async def test_a_batch_is_in_the_first_trace_and_linked_with_the_others(
    traced: Projector, kept: KeptSpans, office: Office
) -> None:
    contexts = await written(office, 3)
    await traced.drain_all()
    assert await differences(traced) == []
    rows, (batch,) = kept.named("process outbox"), kept.named("project batch")
    assert {span.context.trace_id for span in rows} == {context.trace_id for context in contexts}
    assert {span.parent.span_id for span in rows if span.parent} == {7}
    first = next(span for span in rows if span.context.trace_id == batch.context.trace_id)
    others = [span for span in rows if span is not first]
    assert batch.parent is not None and batch.parent.span_id == first.context.span_id
    assert {link.context.span_id for link in batch.links} == {span.context.span_id for span in others}
    assert [[link.context.span_id for link in span.links] for span in others] == [[batch.context.span_id]] * 2
    assert attributes(batch)["messaging.batch.message_count"] == 1 + 2 * 4


async def test_of_a_large_batch_some_traces_are_enough(
    traced: Projector, kept: KeptSpans, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traces, "MOST_TRACES", 2)
    await written(office, 3)
    await traced.drain_all()
    assert len(kept.named("process outbox")) == 2
    assert attributes(kept.named("project batch")[0])["tidedesk.traces"] == 2
    assert await pending(traced) == 0


async def test_rows_without_a_trace_make_no_spans(traced: Projector, kept: KeptSpans, office: Office) -> None:
    await written(office, 0)
    await traced.drain_all()
    assert kept.get_finished_spans() == ()


async def test_a_batch_that_fails_is_in_its_traces_and_the_next_attempt_too(
    traced: Projector, kept: KeptSpans, office: Office
) -> None:
    await written(office, 1)

    async def fail(point: str) -> None:
        if point == "bulk":
            raise StoreUnavailable("elasticsearch", "hunter2")

    async with traced.pool.acquire() as connection:
        with pytest.raises(StoreUnavailable):
            await traced.drain(fail).batch(connection, list(range(16)), 0, 100)
    (failed,) = kept.named("process outbox")
    assert failed.status.status_code is StatusCode.ERROR and attributes(failed)["error.type"] == "StoreUnavailable"
    assert not any("hunter2" in span.to_json() for span in kept.get_finished_spans())
    await traced.drain_all()
    assert [span.status.status_code for span in kept.named("process outbox")] == [StatusCode.ERROR, StatusCode.UNSET]
