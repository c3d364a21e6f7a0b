"""Request id, access log and request metrics: around everything else, so that refusals are seen too."""

from __future__ import annotations

import time

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime import request_id
from runtime.metrics import RequestMetrics

QUIET_PATHS = ("/livez", "/readyz", "/metrics")
UNMATCHED = "unmatched"

log = structlog.get_logger("access")


class Observe:
    def __init__(self, app: ASGIApp, metrics: RequestMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        current = _begin(scope)
        started_at = time.perf_counter()
        # 499: the caller went away before there was an answer.
        status = 499

        async def send_observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[request_id.HEADER] = current
            await send(message)

        self._metrics.begin()
        try:
            await self._app(scope, receive, send_observed)
        finally:
            duration_s = time.perf_counter() - started_at
            route = _route_template(scope)
            self._metrics.end(scope["method"], route, status, duration_s)
            _log_access(scope, route, status, duration_s)


def _begin(scope: Scope) -> str:
    received = [value for name, value in scope["headers"] if name == b"x-request-id"]
    current = request_id.begin_request(received[0].decode("latin-1") if len(received) == 1 else None)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=current)
    return current


def _route_template(scope: Scope) -> str:
    """Metrics and logs by template: the paths themselves are without number."""
    return str(getattr(scope.get("route"), "path", UNMATCHED))


def _log_access(scope: Scope, route: str, status: int, duration_s: float) -> None:
    client = scope.get("client")
    write = log.debug if scope["path"] in QUIET_PATHS else log.info
    # Without the query string: it holds what people search for.
    write(
        "request",
        method=scope["method"],
        path=scope["path"],
        route=route,
        status=status,
        duration_ms=round(duration_s * 1000, 1),
        client=client[0] if client else None,
    )
