from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.trace import StatusCode

from runtime.settings import Settings
from runtime.tracing.context import TraceParent, current_trace_id, parse, sampled
from runtime.tracing.export import open_tracing
from runtime.tracing.spans import Tracing, traceparent
from tests.support.spans import KeptSpans, attributes, tracing_into
from tests.unit.runtime.api import client_of, make_app

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
WANTED, UNWANTED = f"00-{TRACE}-{SPAN}-01", f"00-{TRACE}-{SPAN}-00"


@pytest.fixture
def kept() -> KeptSpans:
    return KeptSpans()


@pytest.fixture
def tracing(kept: KeptSpans) -> Tracing:
    return tracing_into(kept)


@given(
    st.builds(TraceParent, st.integers(1, 2**128 - 1), st.integers(1, 2**64 - 1), st.booleans()),
)
def test_a_trace_parent_reads_as_it_was_written(parent: TraceParent) -> None:
    assert parse(str(parent)) == parent
    assert sampled(str(parent)) == (str(parent) if parent.is_sampled else None)


@pytest.mark.parametrize(
    "received",
    [
        None,
        "",
        "nonsense",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"{WANTED}\n",
        f"{WANTED}-more",
    ],
)
def test_what_is_no_trace_parent_begins_a_trace(received: str | None) -> None:
    assert parse(received) is None and sampled(received) is None


def test_without_a_collector_there_is_no_tracing() -> None:
    assert open_tracing(Settings(), "write_api") is None


async def test_a_request_goes_on_with_its_callers_trace(tracing: Tracing, kept: KeptSpans) -> None:
    async with client_of(make_app(tracing=tracing)) as client:
        headers = {"traceparent": WANTED, "X-Request-ID": "request-1"}
        await client.get("/v1/things/fail/problem?q=hunter2", headers=headers)
        await client.get("/v1/things/fail/now", headers=headers)
        await client.request("HUNTER2", "/hunter2", headers=headers)
    refused, failed, unknown = kept.get_finished_spans()
    assert [span.name for span in (refused, failed)] == ["GET /v1/things/fail/{how}"] * 2
    assert unknown.name == "_OTHER unmatched"
    for span in (refused, failed, unknown):
        assert span.parent is not None
        assert (f"{span.context.trace_id:032x}", f"{span.parent.span_id:016x}") == (TRACE, SPAN)
    assert attributes(refused) == {
        "http.request.method": "GET",
        "url.scheme": "http",
        "http.route": "/v1/things/fail/{how}",
        "http.response.status_code": 409,
        "tidedesk.request_id": "request-1",
    }
    # By the conventions what a caller did wrong is no error of the server.
    assert refused.status.status_code is StatusCode.UNSET
    assert (failed.status.status_code, attributes(failed)["error.type"]) == (StatusCode.ERROR, "500")
    assert not any("hunter2" in span.to_json().lower() for span in (refused, failed, unknown))


async def test_nothing_is_recorded_that_nobody_asked_for(tracing: Tracing, kept: KeptSpans) -> None:
    async with client_of(make_app(tracing=tracing)) as client:
        for headers in ({}, {"traceparent": UNWANTED}, {"traceparent": "nonsense"}):
            assert (await client.post("/v1/things/poke", headers=headers)).status_code == 200
        assert (await client.get("/livez", headers={"traceparent": WANTED})).status_code == 200
    assert kept.get_finished_spans() == ()
    assert current_trace_id() is None


def test_spans_lie_in_each_other_and_keep_no_message(tracing: Tracing, kept: KeptSpans) -> None:
    outer = tracing.start("outer", parse(WANTED))
    inner = tracing.start("inner", outer)
    assert traceparent(inner) == f"00-{TRACE}-{inner.get_span_context().span_id:016x}-01"
    inner.end()
    outer.end()
    assert traceparent(tracing.start("alone", None)) is None
    with pytest.raises(ValueError), tracing.span("failing"):
        raise ValueError("hunter2")
    first, second = kept.get_finished_spans()
    assert (first.name, second.name) == ("inner", "outer")
    assert first.parent is not None and first.parent.span_id == second.context.span_id
