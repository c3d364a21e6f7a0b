"""Tokens by which programs act for a user. A store says what they are good for; here is what needs no store."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from uuid import UUID

from runtime.credential_keys import CredentialKeys
from runtime.principal import Principal
from runtime.redis_line import RedisLine

# By it people and secret scanners know what they have found.
PREFIX = "tdk_"
SECRET_BYTES = 32
HINT_LENGTH = 4
MAX_REMEMBERED = 10_000
REMEMBERED_FOR_S = 60.0
NOTED_EVERY_S = 60.0


def new_api_token() -> str:
    return PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def is_api_token(token: str) -> bool:
    return token.startswith(PREFIX)


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()


class KnownApiTokens:
    """Whom the tokens speak for that were good a moment ago. Whether they still are is asked with each request."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._known: OrderedDict[bytes, tuple[Principal, float]] = OrderedDict()

    def find(self, token: str) -> Principal | None:
        known = self._known.get(hash_of(token))
        return known[0] if known is not None and self._now() < known[1] else None

    def remember(self, token: str, principal: Principal) -> None:
        self._known[hash_of(token)] = principal, self._now() + REMEMBERED_FOR_S
        if len(self._known) > MAX_REMEMBERED:
            self._known.popitem(last=False)

    def forget(self, token: str) -> None:
        self._known.pop(hash_of(token), None)


class ApiTokenUses:
    """Notes that a token was used, once a minute, and waits for nobody. The projector writes it down."""

    def __init__(self, redis: RedisLine, namespace: str, now: Callable[[], float] = time.monotonic) -> None:
        self._redis = redis
        self._key = CredentialKeys(namespace).api_token_uses
        self._now = now
        self._noted_at: OrderedDict[UUID, float] = OrderedDict()

    def note(self, token_id: UUID, at_s: float) -> None:
        now = self._now()
        if now - self._noted_at.get(token_id, float("-inf")) < NOTED_EVERY_S:
            return
        self._noted_at[token_id] = now
        self._noted_at.move_to_end(token_id)
        if len(self._noted_at) > MAX_REMEMBERED:
            self._noted_at.popitem(last=False)
        self._redis.ask("HSET", self._key, str(token_id), str(int(at_s)))
