"""A typed client of both Tidedesk APIs: `Client`, `AsyncClient`. What they answer is in `tidedesk_client.types`."""

from .answers import Answer, Freshness
from .client import AsyncClient, Client
from .errors import (
    BadRequest,
    BrokenOff,
    Conflict,
    ConnectionFailed,
    Forbidden,
    Invalid,
    NotFound,
    PreconditionFailed,
    ProblemError,
    TidedeskError,
    TooManyRequests,
    Unauthorized,
    Unavailable,
)
from .events import AsyncEventStream, Event, EventStream
from .exports import AsyncExport, Export
from .given import NOT_GIVEN
from .pages import AsyncPage, Page
from .retries import RetryPolicy
from .version import VERSION as __version__

__all__ = [
    "NOT_GIVEN",
    "Answer",
    "AsyncClient",
    "AsyncEventStream",
    "AsyncExport",
    "AsyncPage",
    "BadRequest",
    "BrokenOff",
    "Client",
    "Conflict",
    "ConnectionFailed",
    "Event",
    "EventStream",
    "Export",
    "Forbidden",
    "Freshness",
    "Invalid",
    "NotFound",
    "Page",
    "PreconditionFailed",
    "ProblemError",
    "RetryPolicy",
    "TidedeskError",
    "TooManyRequests",
    "Unauthorized",
    "Unavailable",
    "__version__",
]
