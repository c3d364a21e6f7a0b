"""Spans that stay in this process, for tests of who makes them."""

from __future__ import annotations

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased

from runtime.tracing.spans import Tracing


class KeptSpans(InMemorySpanExporter):
    def close(self) -> None:
        self.shutdown()

    def named(self, name: str) -> list[ReadableSpan]:
        return [span for span in self.get_finished_spans() if span.name == name]


def tracing_into(kept: KeptSpans) -> Tracing:
    """Records what callers want recorded, and nothing else."""
    provider = TracerProvider(sampler=ParentBased(ALWAYS_OFF), shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    return Tracing(provider.get_tracer("test"), kept)


def attributes(span: ReadableSpan) -> dict[str, object]:
    return dict(span.attributes or {})
