"""When a request is sent again, and how long to wait before."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from .errors import ProblemError
from .request import Request

# The connection was never made, so nothing can have been done.
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True)
class RetryPolicy:
    # Of one call, the first included. 1: never again.
    attempts: int = 5
    first_pause_s: float = 0.2
    # Whoever is told to wait for longer gets the refusal itself, with its retry_after_s.
    longest_pause_s: float = 30.0
    random: Callable[[], float] = field(default=random.random, repr=False)

    def after_failure(self, request: Request, error: httpx.TransportError, attempt: int) -> float | None:
        """Seconds to wait after attempt number `attempt`; None: give up."""
        if attempt >= self.attempts or not (request.is_repeatable or isinstance(error, NEVER_SENT)):
            return None
        return self._backoff(attempt)

    def after_refusal(self, request: Request, problem: ProblemError, attempt: int) -> float | None:
        if attempt >= self.attempts or not _may_pass(request, problem):
            return None
        if problem.retry_after_s is None:
            return self._backoff(attempt)
        if problem.retry_after_s > self.longest_pause_s:
            return None
        # Not all who were told the same at the same time.
        return problem.retry_after_s + self.random() * self.first_pause_s

    def _backoff(self, attempt: int) -> float:
        """Twice as long each time, with full jitter."""
        return self.random() * min(self.longest_pause_s, self.first_pause_s * 2.0 ** (attempt - 1))


def _may_pass(request: Request, problem: ProblemError) -> bool:
    if problem.status == 429 or problem.code == "idempotency.in_flight":
        return True
    # A proxy also says so of a request whose end it has not seen.
    return problem.status == 503 and request.is_repeatable
