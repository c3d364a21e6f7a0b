"""W3C Trace Context: what a request brings along, and what an outbox row hands on."""

from __future__ import annotations

import re
from contextvars import ContextVar
from dataclasses import dataclass

HEADER = "traceparent"

# Version ff and ids of zeros are forbidden by the standard.
_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")
_SAMPLED = 0x01
_trace_id: ContextVar[str | None] = ContextVar("tidedesk_trace_id", default=None)


@dataclass(frozen=True)
class TraceParent:
    trace_id: int
    span_id: int
    is_sampled: bool

    def __str__(self) -> str:
        return f"00-{self.trace_id:032x}-{self.span_id:016x}-{int(self.is_sampled):02x}"


def parse(received: str | None) -> TraceParent | None:
    """None, too, for what is not a traceparent: by the standard a new trace begins then."""
    found = None if received is None else _TRACEPARENT.fullmatch(received)
    if found is None:
        return None
    trace_id, span_id, flags = (int(part, 16) for part in found.groups())
    return TraceParent(trace_id, span_id, bool(flags & _SAMPLED))


def sampled(received: str | None) -> str | None:
    """What is worth handing on: of a trace that nobody records, nothing."""
    if received is None:
        return None
    parent = parse(received)
    return received if parent is not None and parent.is_sampled else None


def current_trace_id() -> str | None:
    """For logs; None where this request is not recorded."""
    return _trace_id.get()


def remember_trace_id(trace_id: str | None) -> None:
    _trace_id.set(trace_id)
