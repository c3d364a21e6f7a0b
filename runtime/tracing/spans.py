"""The spans of one process. Without a collector there are none of these, and whoever has none makes no spans."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanContext, SpanKind, TraceFlags, Tracer

from runtime.tracing.context import TraceParent

Attributes = Mapping[str, str | int | float | bool]
ERROR_TYPE = "error.type"
NO_ATTRIBUTES: Attributes = {}


class Sender(Protocol):
    """Takes ended spans to the collector."""

    def close(self) -> None: ...


class Tracing:
    def __init__(self, tracer: Tracer, sender: Sender) -> None:
        self._tracer = tracer
        self._sender = sender

    @contextmanager
    def span(
        self, name: str, attributes: Attributes = NO_ATTRIBUTES, kind: SpanKind = SpanKind.INTERNAL
    ) -> Iterator[Span]:
        """Of what is done in the block, below the span around it. Of an error only its class: texts may hold data."""
        span = self._tracer.start_span(name, kind=kind, attributes=attributes)
        with trace.use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
            try:
                yield span
            except BaseException as error:
                span.set_attribute(ERROR_TYPE, type(error).__name__)
                raise

    def start(
        self,
        name: str,
        parent: TraceParent | Span | None,
        *,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: Attributes = NO_ATTRIBUTES,
        links: Sequence[Span] = (),
        at_ns: int | None = None,
    ) -> Span:
        """The caller ends it. Without a parent it begins a trace."""
        return self._tracer.start_span(
            name,
            context=_below(parent),
            kind=kind,
            attributes=attributes,
            links=[Link(span.get_span_context()) for span in links],
            start_time=at_ns,
        )

    async def aclose(self) -> None:
        """Sends what is left, within a few seconds."""
        await asyncio.to_thread(self._sender.close)


def traceparent(span: Span) -> str | None:
    """What goes into an outbox row: nothing unless the trace is recorded."""
    context = span.get_span_context()
    if not context.trace_flags.sampled:
        return None
    return str(TraceParent(context.trace_id, context.span_id, is_sampled=True))


def trace_id(span: Span) -> str | None:
    context = span.get_span_context()
    return f"{context.trace_id:032x}" if context.trace_flags.sampled else None


def _below(parent: TraceParent | Span | None) -> Context:
    if parent is None:
        return Context()
    return trace.set_span_in_context(parent if isinstance(parent, Span) else _remote(parent), Context())


def _remote(parent: TraceParent) -> Span:
    flags = TraceFlags(TraceFlags.SAMPLED if parent.is_sampled else TraceFlags.DEFAULT)
    return NonRecordingSpan(SpanContext(parent.trace_id, parent.span_id, is_remote=True, trace_flags=flags))
