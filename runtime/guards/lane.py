from __future__ import annotations

import structlog
from starlette.types import Scope

from runtime.guards.rate_limit import DECISION, Identify
from runtime.lane import Lane, LaneAnswer
from runtime.rate_limit import Policy, RateLimiter, decide

# Of requests that want more than what is known now, come from another origin, or send more than a question.
_OUT_OF_THE_ORDINARY = frozenset(
    (b"consistency-token", b"prefer", b"origin", b"content-length", b"transfer-encoding", b"expect", b"upgrade")
)

log = structlog.get_logger(__name__)


class LimitedLane:
    """The lane for callers who are signed in, counted like everybody else."""

    def __init__(self, lane: Lane, limiter: RateLimiter, identify: Identify, policy: Policy) -> None:
        self.route = lane.route
        self._lane = lane
        self._limiter = limiter
        self._identify = identify
        self._policy = policy

    async def answer(self, scope: Scope) -> LaneAnswer | None:
        """None: the ordinary way shall answer. If the request was counted already, it finds so in the scope."""
        if scope["method"] != "GET" or scope["query_string"]:
            return None
        subject = self._lane.subject(scope)
        if subject is None:
            return None
        headers = dict(scope["headers"])
        if len(headers) < len(scope["headers"]) or not _OUT_OF_THE_ORDINARY.isdisjoint(headers):
            return None
        principal = self._identify(scope)
        # What the scopes of an API token open is not known here.
        if principal is None or principal.api_token is not None:
            return None
        try:
            bucket = self._limiter.bucket(self._policy, principal.user_text)
            outcome = await self._lane.answer(scope, subject, headers, principal, bucket)
        except Exception:
            # It is only the faster of two ways.
            log.exception("lane_failed", route=self.route)
            return None
        if outcome is None:
            return None
        decision = decide(self._policy, outcome.allowed, outcome.ahead_us)
        if outcome.answer is None or not decision.allowed:
            scope[DECISION] = decision
            return None
        outcome.answer.headers.extend(decision.raw_headers())
        return outcome.answer
