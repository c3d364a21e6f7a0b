"""Sign-ins that went to a provider and have not come back: each is good once, for a while, in one browser."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from dataclasses import asdict, dataclass

from redis.asyncio import Redis

from runtime.redis import redis_available
from write_api.identity.sso.errors import sign_in_unknown

# What a browser is known by while it is away. As the sign-in cookies it is ours alone.
COOKIE = "__Host-tidedesk-sso"
_SECRET_BYTES = 32
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Start:
    provider: str
    nonce: str
    verifier: str
    return_to: str
    # SHA-256 of the cookie.
    browser: str


class SsoStarts:
    """In Redis, which takes one out in one step. A Redis that was emptied means starting again."""

    def __init__(self, redis: Redis, namespace: str, ttl_s: int) -> None:
        self._redis = redis
        self._namespace = namespace
        self.ttl_s = ttl_s

    async def begin(self, provider: str, return_to: str, browser: str) -> tuple[str, Start]:
        """The state, and what belongs to it. Raises StoreUnavailable."""
        state = secrets.token_urlsafe(_SECRET_BYTES)
        nonce, verifier = secrets.token_urlsafe(_SECRET_BYTES), secrets.token_urlsafe(_SECRET_BYTES)
        start = Start(provider, nonce, verifier, return_to, _digest(browser))
        with redis_available():
            await self._redis.set(self._key(state), json.dumps(asdict(start)), ex=self.ttl_s)
        return state, start

    async def finish(self, provider: str, state: str, browser: str | None) -> Start:
        """Raises ProblemError where there is none, whoever took it; StoreUnavailable."""
        with redis_available():
            kept = await self._redis.getdel(self._key(state))
        if kept is None:
            raise sign_in_unknown()
        start = Start(**json.loads(kept))
        if start.provider != provider or not hmac.compare_digest(start.browser, _digest(browser or "")):
            raise sign_in_unknown()
        return start

    def _key(self, state: str) -> str:
        return f"{self._namespace}:sso-start:{_digest(state)}"


def browser_secret(known: str | None) -> str:
    """The one that the browser has already, so that two tabs can sign in at once."""
    return known if known is not None and _SECRET.fullmatch(known) else secrets.token_urlsafe(_SECRET_BYTES)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
