from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from typing import Any, TextIO, cast

import orjson
import structlog
from structlog.types import EventDict, Processor, WrappedLogger

from runtime.redaction import redacted
from runtime.request_id import current_request_id
from runtime.settings import Settings
from runtime.tracing.context import current_trace_id

# They repeat what the access log says, or say it for each packet.
CHATTY = ("uvicorn.access", "elastic_transport", "httpx", "httpcore", "asyncio")
# While no broker answers it says so several times a second; we say it ourselves.
SILENCED = ("aiokafka",)
READY_LINES_WAIT_S = 0.01
_LINE = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z


def configure_logging(settings: Settings, process: str, stream: TextIO | None = None) -> None:
    """Everything, also what libraries log, as one JSON object a line on standard error."""
    stream = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        _request,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _process_name(process),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler: logging.StreamHandler[TextIO] = (
        ReadyLines(stream, process) if settings.log_format == "json" else logging.StreamHandler(stream)
    )
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=_rendering(settings, stream))
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "arq"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in SILENCED:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _rendering(settings: Settings, stream: TextIO) -> list[Processor]:
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if settings.log_format == "console":
        colors = stream.isatty()
        return [remove, structlog.processors.format_exc_info, redact, structlog.dev.ConsoleRenderer(colors=colors)]
    return [remove, structlog.processors.format_exc_info, redact, structlog.processors.JSONRenderer()]


class ReadyLines(logging.StreamHandler[TextIO]):
    """Takes ready lines too, complete but for the process. Those of a moment leave in one write."""

    def __init__(self, stream: TextIO, process: str) -> None:
        super().__init__(stream)
        self._process = process
        self._lines: list[bytes] = []

    def write_line(self, event: dict[str, Any]) -> None:
        if not self._lines:
            asyncio.get_running_loop().call_later(READY_LINES_WAIT_S, self._write)
        event["process"] = self._process
        self._lines.append(orjson.dumps(event, option=_LINE))

    def close(self) -> None:
        """At the end of the process there may be no loop left to write them."""
        self._write()
        super().close()

    def _write(self) -> None:
        lines, self._lines = self._lines, []
        if not lines:
            return
        with self.lock or contextlib.nullcontext():
            self.stream.write(b"".join(lines).decode())
            self.flush()


def ready_lines() -> ReadyLines | None:
    """Where ready lines go; None: logging is set up otherwise, and everything goes through it."""
    handlers = logging.getLogger().handlers
    return handlers[0] if len(handlers) == 1 and isinstance(handlers[0], ReadyLines) else None


def redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Last before rendering, so that exception texts are covered too."""
    return cast(EventDict, redacted(event))


def _request(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    for name, current in (("request_id", current_request_id()), ("trace_id", current_trace_id())):
        if current is not None:
            event.setdefault(name, current)
    return event


def _process_name(process: str) -> Processor:
    def add(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        event["process"] = process
        return event

    return add
