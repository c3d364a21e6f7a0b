from __future__ import annotations

import ipaddress
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime.guards.edge import ROUTE
from runtime.guards.refusal import refuse
from runtime.lane import Lane, LaneRequest
from runtime.principal import Principal
from runtime.problems import ProblemError
from runtime.rate_limit import Decision, Policy, RateLimiter
from runtime.settings import Settings

LIMITED_PREFIX = "/v1/"
LOGIN_PATHS = ("/v1/sessions", "/v1/sessions/refresh")
READING = ("GET", "HEAD", "OPTIONS")

Identify = Callable[[Scope], "Principal | None"]


class RateLimit:
    """Sign-ins and strangers count by address, everybody else by who they are."""

    def __init__(
        self, app: ASGIApp, limiter: RateLimiter, identify: Identify, settings: Settings, lane: Lane | None = None
    ) -> None:
        self._app = app
        self._limiter = limiter
        self._identify = identify
        self._lane = lane
        self._login = Policy("login", settings.rate_limit_login_per_minute)
        self._anonymous = Policy("anonymous", settings.rate_limit_anonymous_per_minute)
        self._read = Policy("read", settings.rate_limit_read_per_minute)
        self._write = Policy("write", settings.rate_limit_write_per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(LIMITED_PREFIX):
            await self._app(scope, receive, send)
            return
        policy, who, principal = self._class_of(scope)
        taking = self._limiter.begin(policy, who)
        # Before the limit is known, so that both travel in one round trip.
        begun = self._begin(scope, principal)
        decision = await self._limiter.decide(taking)
        if not decision.allowed:
            await refuse(_too_many(decision), scope, receive, send)
        elif begun is None or not await _sent(begun, decision, scope, send):
            await self._app(scope, receive, _with_headers(send, decision))

    def _begin(self, scope: Scope, principal: Principal | None) -> LaneRequest | None:
        if self._lane is None or principal is None or scope["method"] != "GET":
            return None
        return self._lane.begin(scope, principal)

    def _class_of(self, scope: Scope) -> tuple[Policy, str, Principal | None]:
        if scope["method"] == "POST" and scope["path"] in LOGIN_PATHS:
            return self._login, _network(scope), None
        principal = self._identify(scope)
        if principal is None:
            return self._anonymous, _network(scope), None
        return (self._read if scope["method"] in READING else self._write), principal.user_text, principal


def _with_headers(send: Send, decision: Decision) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *decision.raw_headers()]
        await send(message)

    return send_with_headers


async def _sent(begun: LaneRequest, decision: Decision, scope: Scope, send: Send) -> bool:
    answer = await begun.answer()
    if answer is None:
        return False
    scope[ROUTE] = begun.route
    headers = [*answer.headers, *decision.raw_headers()]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
    return True


def _network(scope: Scope) -> str:
    """One IPv6 customer has a whole /64 of addresses."""
    host = scope["client"][0] if scope.get("client") else "unknown"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return str(host)
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))


def _too_many(decision: Decision) -> ProblemError:
    return ProblemError(
        429,
        "rate_limit.exceeded",
        f"Too many requests of the kind '{decision.policy.name}'. Try again in {decision.reset_s} s.",
        headers={**decision.headers(), "Retry-After": str(decision.reset_s)},
        extensions={"retry_after_s": decision.reset_s},
    )
