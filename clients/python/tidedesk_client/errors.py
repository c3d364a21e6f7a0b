"""Why a call failed, for programs: the exception's class and `code`; for people: its text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from .answers import is_json
from .types import ProblemItem


class TidedeskError(Exception):
    """Any failure of a call."""


class ConnectionFailed(TidedeskError):
    """No answer. Whether a command was carried out is not known, unless the connection was never made."""


class BrokenOff(TidedeskError):
    """An export ended before its end. What came is not all of it: begin anew."""

    def __init__(self, code: str) -> None:
        super().__init__(f"The export was broken off ({code}). Begin anew.")
        self.code = code


class ProblemError(TidedeskError):
    """The server refused, with a problem as of RFC 9457; `problem` is all of it."""

    def __init__(self, status: int, problem: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        self.status = status
        self.problem = problem
        self.headers = headers
        super().__init__(" ".join([f"{self.detail} ({status} {self.code})", *map(_told, self.errors)]))

    @property
    def code(self) -> str:
        """Stable. What no Tidedesk answered, but for example a proxy, is `http.<status>`."""
        return str(self.problem.get("code", f"http.{self.status}"))

    @property
    def detail(self) -> str:
        return str(self.problem.get("detail") or f"The server answered {self.status}.")

    @property
    def errors(self) -> list[ProblemItem]:
        """Each fault, with a JSON pointer into the body, or the name of the parameter or header."""
        found: list[ProblemItem] = self.problem.get("errors", [])
        return found

    @property
    def request_id(self) -> str | None:
        return self.problem.get("request_id") or self.headers.get("X-Request-ID")

    @property
    def retry_after_s(self) -> float | None:
        return seconds(self.headers.get("Retry-After"))


class BadRequest(ProblemError):
    pass


class Unauthorized(ProblemError):
    pass


class Forbidden(ProblemError):
    pass


class NotFound(ProblemError):
    pass


class Conflict(ProblemError):
    pass


class PreconditionFailed(ProblemError):
    """It was changed since it was read: read it anew."""


class Invalid(ProblemError):
    pass


class TooManyRequests(ProblemError):
    pass


class Unavailable(ProblemError):
    """A store does not answer; the problem names it."""


_BY_STATUS: Mapping[int, type[ProblemError]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    412: PreconditionFailed,
    422: Invalid,
    429: TooManyRequests,
    503: Unavailable,
}


def _told(fault: ProblemItem) -> str:
    place = fault.get("pointer") or fault.get("parameter") or fault.get("header") or "request"
    return f"{place}: {fault['detail']}"


def problem_of(response: httpx.Response) -> ProblemError:
    """Of an answer that was read."""
    kind = _BY_STATUS.get(response.status_code, ProblemError)
    return kind(response.status_code, _problem(response), response.headers)


def _problem(response: httpx.Response) -> Mapping[str, Any]:
    if not is_json(response):
        return {}
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def seconds(header: str | None) -> float | None:
    """Of Retry-After, where Tidedesk and its proxies send seconds; a date counts as not sent."""
    return float(header) if header is not None and header.isdecimal() else None
