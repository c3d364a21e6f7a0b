"""A batch as its traces show it, each from the command that wrote a row to the index.

Rows that came with a trace get a span below their command's. The batch, which they share, is one span below the first
of these, and linked with the others. All of them are made at the end, from the times at which the batch reached its
points: a batch of rows without traces makes none.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import groupby
from types import TracebackType
from typing import Literal

import asyncpg
from opentelemetry.trace import Span, SpanKind, StatusCode

from projector.locks import Connection
from projector.relay.claim import Claim
from projector.relay.project import CrashPoint
from projector.relay.queue import Queue
from runtime.tracing.context import parse
from runtime.tracing.spans import ERROR_TYPE, Tracing

# Of one batch: the rest has its batch in the metrics.
MOST_TRACES = 64
_TRACED = """
SELECT trace_context, count(*) AS rows,
    array_agg(DISTINCT aggregate_type) AS aggregate_types, array_agg(DISTINCT event_type) AS event_types,
    greatest(0, extract(epoch FROM clock_timestamp() - min(created_at)) * 1000)::float8 AS waited_ms
FROM {table} WHERE ctid = ANY ($1::tid[]) AND trace_context IS NOT NULL
GROUP BY trace_context ORDER BY min(id) LIMIT {limit}"""
# Point -> what was done before it, and by whom.
_STEPS = {
    "claim": ("claim rows", "postgresql"),
    "version": ("draw version", "postgresql"),
    "read": ("read documents", "postgresql"),
    "bulk": ("elasticsearch _bulk", "elasticsearch"),
    "redis": ("redis apply", "redis"),
    "before_commit": ("delete rows", "postgresql"),
    "commit": ("postgresql commit", "postgresql"),
}


class Untraced:
    """Of a projector without a collector."""

    def __init__(self, reached: CrashPoint) -> None:
        self.reached = reached

    def __enter__(self) -> Untraced:
        return self

    def __exit__(self, *_: object) -> Literal[False]:
        return False

    async def claimed(self, connection: Connection, queue: Queue, claim: Claim) -> None:
        return


class BatchTrace:
    def __init__(self, tracing: Tracing, reached: CrashPoint) -> None:
        self._tracing = tracing
        self._reached = reached
        self._points = [("begin", time.time_ns())]
        self._rows: Sequence[asyncpg.Record] = ()
        self._row_count = 0

    def __enter__(self) -> BatchTrace:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> Literal[False]:
        if self._rows:
            self._write(kind)
        return False

    async def reached(self, point: str) -> None:
        self._points.append((point, time.time_ns()))
        await self._reached(point)

    async def claimed(self, connection: Connection, queue: Queue, claim: Claim) -> None:
        """One question more, which only a projector with a collector asks."""
        self._row_count = len(claim)
        self._rows = await connection.fetch(_TRACED.format(table=queue.table, limit=MOST_TRACES), claim.places)

    def _write(self, failed_with: type[BaseException] | None) -> None:
        began_ns, ended_ns = self._points[0][1], time.time_ns()
        own = [self._of_row(row, began_ns) for row in self._rows]
        batch = self._tracing.start(
            "project batch",
            own[0],
            attributes={"messaging.batch.message_count": self._row_count, "tidedesk.traces": len(own)},
            links=own[1:],
            at_ns=began_ns,
        )
        for span in own[1:]:
            span.add_link(batch.get_span_context())
        self._write_steps(batch)
        for span in (batch, *own):
            if failed_with is not None:
                span.set_attribute(ERROR_TYPE, failed_with.__name__)
                span.set_status(StatusCode.ERROR)
            span.end(ended_ns)

    def _of_row(self, row: asyncpg.Record, at_ns: int) -> Span:
        span = self._tracing.start("process outbox", parse(row["trace_context"]), kind=SpanKind.CONSUMER, at_ns=at_ns)
        span.set_attributes(
            {
                "messaging.system": "tidedesk_outbox",
                "messaging.operation.type": "process",
                "messaging.destination.name": "outbox",
                "tidedesk.rows": row["rows"],
                "tidedesk.aggregate_types": row["aggregate_types"],
                "tidedesk.event_types": row["event_types"],
                "tidedesk.waited_ms": round(row["waited_ms"], 1),
            }
        )
        return span

    def _write_steps(self, batch: Span) -> None:
        """Points that follow each other under one name are one step: a large batch reads in many pieces."""
        began_ns = self._points[0][1]
        known = [(point, at_ns) for point, at_ns in self._points if point in _STEPS]
        for point, several in groupby(known, key=lambda reached: reached[0]):
            ended_ns = [at_ns for _, at_ns in several][-1]
            name, system = _STEPS[point]
            self._tracing.start(
                name, batch, kind=SpanKind.CLIENT, attributes={"db.system.name": system}, at_ns=began_ns
            ).end(ended_ns)
            began_ns = ended_ns
