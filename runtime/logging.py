from __future__ import annotations

import logging
import sys
from typing import TextIO, cast

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

from runtime.redaction import redacted
from runtime.settings import Settings

# They repeat what the access log says, or say it for each packet.
CHATTY = ("uvicorn.access", "elastic_transport", "httpx", "httpcore", "asyncio")


def configure_logging(settings: Settings, process: str, stream: TextIO | None = None) -> None:
    """Everything, also what libraries log, as one JSON object a line on standard error."""
    stream = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
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
    handler = logging.StreamHandler(stream)
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


def _rendering(settings: Settings, stream: TextIO) -> list[Processor]:
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if settings.log_format == "console":
        colors = stream.isatty()
        return [remove, structlog.processors.format_exc_info, redact, structlog.dev.ConsoleRenderer(colors=colors)]
    return [remove, structlog.processors.format_exc_info, redact, structlog.processors.JSONRenderer()]


def redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Last before rendering, so that exception texts are covered too."""
    return cast(EventDict, redacted(event))


def _process_name(process: str) -> Processor:
    def add(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        event["process"] = process
        return event

    return add
