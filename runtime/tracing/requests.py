"""One span for each request, below the caller's if it says so."""

from __future__ import annotations

from contextvars import Token

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.trace import Span, SpanKind, StatusCode
from starlette.types import Scope

from runtime.access_log import QUIET_PATHS
from runtime.metrics import METHODS
from runtime.tracing.context import HEADER, parse, remember_trace_id
from runtime.tracing.spans import ERROR_TYPE, Tracing, trace_id

_HEADER = HEADER.encode()
FIRST_SERVER_ERROR = 500


class RequestTraces:
    def __init__(self, tracing: Tracing) -> None:
        self._tracing = tracing

    def begin(self, scope: Scope, request_id: str) -> RequestTrace | None:
        """None for what only asks whether we are there. What is done for the request has its span around it."""
        if scope["path"] in QUIET_PATHS:
            return None
        received = [value for name, value in scope["headers"] if name == _HEADER]
        parent = parse(received[0].decode("latin-1")) if len(received) == 1 else None
        method = _method(scope)
        # Neither path nor query: they hold ids, and what people search for.
        attributes = {"http.request.method": method, "url.scheme": scope["scheme"], "tidedesk.request_id": request_id}
        span = self._tracing.start(method, parent, kind=SpanKind.SERVER, attributes=attributes)
        remember_trace_id(trace_id(span))
        return RequestTrace(span, attach(trace.set_span_in_context(span)))


class RequestTrace:
    def __init__(self, span: Span, token: Token[Context]) -> None:
        self._span = span
        self._token = token

    def end(self, scope: Scope, route: str, status: int) -> None:
        span = self._span
        span.update_name(f"{_method(scope)} {route}")
        span.set_attribute("http.route", route)
        span.set_attribute("http.response.status_code", status)
        # By the conventions the refusal of a bad request is no error of the server.
        if status >= FIRST_SERVER_ERROR:
            span.set_attribute(ERROR_TYPE, str(status))
            span.set_status(StatusCode.ERROR)
        span.end()
        detach(self._token)


def _method(scope: Scope) -> str:
    """A caller may invent methods; the conventions have one name for all of those."""
    method: str = scope["method"]
    return method if method in METHODS else "_OTHER"
