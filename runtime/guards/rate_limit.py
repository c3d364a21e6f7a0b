from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime.guards.refusal import refuse
from runtime.network import network_of
from runtime.principal import Principal
from runtime.problems import ProblemError
from runtime.rate_limit import Decision, Policy, RateLimiter
from runtime.settings import Settings

LIMITED_PREFIX = "/v1/"
LOGIN_PATHS = ("/v1/sessions", "/v1/sessions/refresh")
READING = ("GET", "HEAD", "OPTIONS")

# Of a request that the lane counted already.
DECISION = "tidedesk.rate_limit"

Identify = Callable[[Scope], Principal | None]
AlsoAsk = Callable[[Scope, Principal], None]


def ask_nothing_else(_: Scope, __: Principal) -> None:
    return None


class RateLimit:
    """Sign-ins and strangers count by address, everybody else by who they are."""

    def __init__(
        self,
        app: ASGIApp,
        limiter: RateLimiter,
        identify: Identify,
        settings: Settings,
        also_ask: AlsoAsk = ask_nothing_else,
    ) -> None:
        """`also_ask` may ask Redis what the request needs of its caller, in the same write."""
        self._app = app
        self._limiter = limiter
        self._identify = identify
        self._also_ask = also_ask
        self._login = Policy("login", settings.rate_limit_login_per_minute)
        self._anonymous = Policy("anonymous", settings.rate_limit_anonymous_per_minute)
        self._read = reading_policy(settings)
        self._write = Policy("write", settings.rate_limit_write_per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(LIMITED_PREFIX):
            await self._app(scope, receive, send)
            return
        decision: Decision = scope.get(DECISION) or await self._decide(scope)
        if decision.allowed:
            await self._app(scope, receive, _with_headers(send, decision))
        else:
            await refuse(_too_many(decision), scope, receive, send)

    async def _decide(self, scope: Scope) -> Decision:
        if scope["method"] == "POST" and scope["path"] in LOGIN_PATHS:
            return await self._limiter.take(self._login, _network(scope))
        principal = self._identify(scope)
        if principal is None:
            return await self._limiter.take(self._anonymous, _network(scope))
        policy = self._read if scope["method"] in READING else self._write
        taking = self._limiter.begin(policy, principal.user_text)
        self._also_ask(scope, principal)
        return await self._limiter.decide(taking)


def reading_policy(settings: Settings) -> Policy:
    """Of callers who are signed in."""
    return Policy("read", settings.rate_limit_read_per_minute)


def _with_headers(send: Send, decision: Decision) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *decision.raw_headers()]
        await send(message)

    return send_with_headers


def _network(scope: Scope) -> str:
    return network_of(str(scope["client"][0])) if scope.get("client") else "unknown"


def _too_many(decision: Decision) -> ProblemError:
    return ProblemError(
        429,
        "rate_limit.exceeded",
        f"Too many requests of the kind '{decision.policy.name}'. Try again in {decision.reset_s} s.",
        headers={**decision.headers(), "Retry-After": str(decision.reset_s)},
        extensions={"retry_after_s": decision.reset_s},
    )
