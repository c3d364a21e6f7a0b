"""One line a request. Built by hand, because the chain of processors would cost more than many a request itself."""

from __future__ import annotations

import logging
from datetime import datetime, timezone
from typing import Any

import structlog
from starlette.types import Scope

from runtime.logging import ready_lines
from runtime.metrics import METHODS
from runtime.redaction import without_secrets
from runtime.tracing.context import current_trace_id

LOGGER = "access"
QUIET_PATHS = ("/livez", "/readyz", "/metrics")

log = structlog.get_logger(LOGGER)
_logger = logging.getLogger(LOGGER)


def write_access(scope: Scope, route: str, status: int, duration_s: float, request_id: str) -> None:
    client = scope.get("client")
    method = scope["method"]
    # Without the query string: it holds what people search for.
    event: dict[str, Any] = {
        "method": method if method in METHODS else without_secrets(method),
        "path": without_secrets(scope["path"]),
        "route": route,
        "status": status,
        "duration_ms": round(duration_s * 1000, 1),
        "client": client[0] if client else None,
    }
    if scope["path"] in QUIET_PATHS:
        log.debug("request", **event)
        return
    lines = ready_lines()
    if lines is None:
        log.info("request", **event)
    elif _logger.isEnabledFor(logging.INFO):
        event["event"] = "request"
        # A caller's own id may look like a token.
        event["request_id"] = without_secrets(request_id)
        if (trace_id := current_trace_id()) is not None:
            event["trace_id"] = trace_id
        event["level"] = "info"
        event["logger"] = LOGGER
        event["timestamp"] = datetime.now(timezone.utc)
        lines.write_line(event)
