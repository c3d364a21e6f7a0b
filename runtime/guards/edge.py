"""Around everything else, so that refusals are seen too: request id, host, security headers, access log and metrics.

One guard for all of it, as each one more would wrap every message of every answer once more.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime import docs_page, request_id
from runtime.access_log import write_access
from runtime.guards.head_limit import head_too_large, is_too_large
from runtime.guards.host import AllowedHosts, misdirected
from runtime.guards.lane import LimitedLane
from runtime.guards.proxies import TrustedProxies
from runtime.guards.refusal import refuse
from runtime.guards.security_headers import security_headers
from runtime.metrics import RequestMetrics
from runtime.problems import ProblemError
from runtime.public_path import PublicPath, RawHeader
from runtime.tracing.requests import RequestTraces

UNMATCHED = "unmatched"
# The caller went away before there was an answer.
CLOSED_BY_CALLER = 499
_REQUEST_ID = request_id.HEADER.lower().encode()


class Edge:
    def __init__(
        self,
        app: ASGIApp,
        hosts: AllowedHosts,
        https_only: bool,
        metrics: RequestMetrics,
        lane: LimitedLane | None = None,
        proxies: TrustedProxies | None = None,
        public_path: PublicPath | None = None,
        traces: RequestTraces | None = None,
    ) -> None:
        self._app = app
        self._hosts = hosts
        self._headers = security_headers(https_only, docs=False)
        self._docs_headers = security_headers(https_only, docs=True)
        self._metrics = metrics
        self._lane = lane
        self._proxies = proxies
        self._public_path = public_path
        self._traces = traces
        self._lane_headers = [header for header in self._headers if header[0] != b"cache-control"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if self._proxies is not None:
            self._proxies.reveal(scope)
        if self._public_path is not None:
            self._public_path.enter(scope)
        if scope["type"] == "http":
            await self._observed(scope, receive, send)
        else:
            await self._guarded(self._refusal(scope), scope, receive, send)

    async def _observed(self, scope: Scope, receive: Receive, send: Send) -> None:
        started_at = time.perf_counter()
        current = _begin(scope)
        trace = None if self._traces is None else self._traces.begin(scope, current)
        completion = self._docs_headers if scope["path"] in docs_page.PATHS else self._headers
        status = CLOSED_BY_CALLER

        async def send_completed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message["headers"] = self._led(message.get("headers", ()))
                present = {name for name, _ in headers}
                headers += [header for header in completion if header[0] not in present]
                headers.append((_REQUEST_ID, current.encode()))
            await send(message)

        self._metrics.begin()
        route: str | None = None
        try:
            refusal = self._refusal(scope)
            if self._lane is not None and refusal is None:
                answer = await self._lane.answer(scope)
                if answer is not None:
                    route, status = self._lane.route, answer.status
                    headers = [*answer.headers, *self._lane_headers, (_REQUEST_ID, current.encode())]
                    await send({"type": "http.response.start", "status": status, "headers": headers})
                    await send({"type": "http.response.body", "body": answer.body})
                    return
            await self._guarded(refusal, scope, receive, send_completed)
        finally:
            duration_s = time.perf_counter() - started_at
            route = route or _route_template(scope)
            self._metrics.end(scope["method"], route, status, duration_s)
            write_access(scope, route, status, duration_s, current)
            if trace is not None:
                trace.end(scope, route, status)

    def _led(self, headers: Iterable[RawHeader]) -> list[RawHeader]:
        return list(headers) if self._public_path is None else self._public_path.lead(headers)

    async def _guarded(self, refusal: ProblemError | None, scope: Scope, receive: Receive, send: Send) -> None:
        if refusal is None:
            await self._app(scope, receive, send)
        else:
            await refuse(refusal, scope, receive, send)

    def _refusal(self, scope: Scope) -> ProblemError | None:
        if is_too_large(scope):
            return head_too_large()
        return None if self._hosts.are_addressed(scope) else misdirected()


def _begin(scope: Scope) -> str:
    received = [value for name, value in scope["headers"] if name == _REQUEST_ID]
    return request_id.begin_request(received[0].decode("latin-1") if len(received) == 1 else None)


def _route_template(scope: Scope) -> str:
    """Metrics and logs by template: the paths themselves are without number."""
    return str(getattr(scope.get("route"), "path", UNMATCHED))
