from __future__ import annotations

import os
import re
from contextvars import ContextVar

HEADER = "X-Request-ID"

_SANE = re.compile(r"[A-Za-z0-9._:-]{8,128}")
_current: ContextVar[str | None] = ContextVar("tidedesk_request_id", default=None)


def current_request_id() -> str | None:
    return _current.get()


def begin_request(received: str | None) -> str:
    """Takes over the caller's id if it can do no harm in a log."""
    request_id = received if received is not None and _SANE.fullmatch(received) else os.urandom(16).hex()
    _current.set(request_id)
    return request_id
