"""The way of spans to an OTLP collector: a queue that never grows, and a thread that nobody waits for."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import structlog

from runtime.redaction import without_password
from runtime.settings import Settings
from runtime.tracing.spans import Tracing

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
    from opentelemetry.sdk.trace.export import SpanExporter

log = structlog.get_logger(__name__)

# About 2 MB. When it is full, the oldest go.
QUEUE_SPANS = 4_096
REQUEST_SPANS = 512
SEND_EVERY_MS = 1_000
# Of one request, with what is tried again.
SEND_TIMEOUT_S = 3.0
# At the end of the process: a collector that is away must not hold it up.
LAST_SEND_TIMEOUT_S = 2.0
PATH = "/v1/traces"
# They say the same of every request, with the address; here it is said once.
NOISY = "opentelemetry"


class QueuedSender:
    """Behind the library's queue; says once when a collector does not take spans, and once when it does again."""

    def __init__(self, exporter: SpanExporter, queue: Callable[[Any], SpanProcessor], endpoint: str) -> None:
        self._exporter = exporter
        self._endpoint = endpoint
        self._is_refused = False
        self.processor = queue(self)

    def export(self, spans: Sequence[ReadableSpan]) -> Any:
        """Called by the queue's own thread."""
        result = self._exporter.export(spans)
        is_refused = result.name != "SUCCESS"
        if is_refused and not self._is_refused:
            log.warning("traces_not_sent", collector=self._endpoint, advice="they are dropped until it takes them")
        elif self._is_refused and not is_refused:
            log.info("traces_sent_again", collector=self._endpoint)
        self._is_refused = is_refused
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)

    def close(self) -> None:
        # The library's own end waits for half a minute where the collector is away.
        last = threading.Thread(target=self.processor.force_flush, daemon=True)
        last.start()
        last.join(LAST_SEND_TIMEOUT_S)
        self._exporter.shutdown()
        last.join(SEND_TIMEOUT_S)
        self.processor.shutdown()


def open_tracing(settings: Settings, process: str) -> Tracing | None:
    """None unless a collector is named."""
    if not settings.otlp_endpoint:
        return None
    # Half of it is for sending: who sends nothing shall not load it.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

    logging.getLogger(NOISY).setLevel(logging.CRITICAL)

    def queue(exporter: Any) -> SpanProcessor:
        return BatchSpanProcessor(
            exporter,
            max_queue_size=QUEUE_SPANS,
            max_export_batch_size=REQUEST_SPANS,
            schedule_delay_millis=SEND_EVERY_MS,
        )

    exporter = OTLPSpanExporter(endpoint=settings.otlp_endpoint + PATH, timeout=SEND_TIMEOUT_S)
    sender = QueuedSender(exporter, queue, without_password(settings.otlp_endpoint))
    resource = Resource.create(
        {
            "service.name": process,
            "service.namespace": settings.namespace,
            "service.instance.id": str(uuid4()),
            "deployment.environment.name": settings.environment,
        }
    )
    provider = TracerProvider(
        sampler=ParentBased(TraceIdRatioBased(settings.trace_ratio)), resource=resource, shutdown_on_exit=False
    )
    provider.add_span_processor(sender.processor)
    return Tracing(provider.get_tracer("tidedesk"), sender)
