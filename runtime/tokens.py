"""Access tokens, signed by python-jose, whose own checks let no aud, no exp, unknown crit and a future iat pass."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from jose import jws
from jose.exceptions import JOSEError

from runtime.principal import Principal
from runtime.settings import Settings
from runtime.token_keys import TokenKey, TokenKeys

TOKEN_TYPE = "at+jwt"
WRITE_API = "tidedesk-write-api"
READ_API = "tidedesk-read-api"
BOTH_APIS = (WRITE_API, READ_API)
MAX_TOKEN_LENGTH = 4_096
# Clocks of two machines differ a little.
LEEWAY_S = 30
# Their signatures need not be checked again.
MAX_REMEMBERED = 10_000

_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_ROLE = re.compile(r"[a-z_]{1,32}")


class InvalidToken(Exception):
    """`reason` is for the log: a caller learns only that the token is not valid."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Signed(NamedTuple):
    """What a token says whose signature was checked."""

    claims: Mapping[str, Any]
    principal: Principal
    # Within these times nothing of its claims has to be looked at again, for this audience.
    audience: str
    from_s: float
    until_s: float


class AccessTokens:
    def __init__(self, settings: Settings) -> None:
        self._keys = TokenKeys(settings)
        self._issuer = settings.token_issuer
        self._ttl_s = settings.access_token_ttl_s
        self._verified: OrderedDict[bytes, _Signed] = OrderedDict()

    def issue(
        self,
        user_id: uuid.UUID,
        role: str,
        session_id: uuid.UUID,
        now: datetime,
        audiences: Sequence[str] = BOTH_APIS,
        ends_at: datetime | None = None,
    ) -> tuple[str, int]:
        """The token and the seconds it lives: not longer than its session, which ends at `ends_at`."""
        issued_at = int(now.timestamp())
        ttl_s = self._ttl_s if ends_at is None else max(min(self._ttl_s, int(ends_at.timestamp()) - issued_at), 0)
        claims = {
            "iss": self._issuer,
            "aud": list(audiences),
            "sub": str(user_id),
            "sid": str(session_id),
            "role": role,
            "iat": issued_at,
            "exp": issued_at + ttl_s,
            "jti": uuid.uuid4().hex,
        }
        key = self._keys.signing
        headers = {"typ": TOKEN_TYPE, "kid": key.id}
        token: str = jws.sign(claims, key.material, headers=headers, algorithm=key.algorithm)
        return token, ttl_s

    def verify(self, token: str, audience: str, now: datetime) -> Principal:
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        now_s = now.timestamp()
        known = self._verified.get(digest)
        if known is not None and known.audience == audience and known.from_s <= now_s < known.until_s:
            return known.principal
        claims = self._signed_claims(token) if known is None else known.claims
        principal = _principal(claims) if known is None else known.principal
        self._check_claims(claims, audience, now_s)
        if known is None:
            from_s = max(claims["iat"], claims.get("nbf", claims["iat"])) - LEEWAY_S
            self._remember(digest, _Signed(claims, principal, audience, from_s, claims["exp"] + LEEWAY_S))
        return principal

    def _signed_claims(self, token: str) -> Mapping[str, Any]:
        if len(token) > MAX_TOKEN_LENGTH or not _COMPACT.fullmatch(token):
            raise InvalidToken("not a compact signed token")
        try:
            key = self._key_of(jws.get_unverified_header(token))
            payload = jws.verify(token, key.material, [key.algorithm])
            claims = json.loads(payload)
        # A header of nested brackets overflows the parser's stack.
        except (JOSEError, ValueError, RecursionError) as error:
            raise InvalidToken(f"unreadable or wrongly signed: {type(error).__name__}") from error
        if not isinstance(claims, dict):
            raise InvalidToken("the claims are not an object")
        return claims

    def _key_of(self, header: Mapping[str, Any]) -> TokenKey:
        key = self._keys.find(header.get("kid"))
        if key is None:
            raise InvalidToken("unknown kid")
        if header.get("alg") != key.algorithm:
            raise InvalidToken("wrong alg")
        if header.get("typ") != TOKEN_TYPE:
            raise InvalidToken("wrong typ")
        if "crit" in header:
            raise InvalidToken("crit is not supported")
        return key

    def _remember(self, digest: bytes, signed: _Signed) -> None:
        """By its digest, so that no token lies in memory. The oldest make room."""
        self._verified[digest] = signed
        if len(self._verified) > MAX_REMEMBERED:
            self._verified.popitem(last=False)

    def _check_claims(self, claims: Mapping[str, Any], audience: str, now_s: float) -> None:
        if claims.get("iss") != self._issuer:
            raise InvalidToken("wrong iss")
        audiences = claims.get("aud")
        if audience not in (audiences if isinstance(audiences, list) else [audiences]):
            raise InvalidToken("wrong aud")
        if _seconds(claims, "exp") <= now_s - LEEWAY_S:
            raise InvalidToken("expired")
        if _seconds(claims, "iat") > now_s + LEEWAY_S:
            raise InvalidToken("iat lies in the future")
        if "nbf" in claims and _seconds(claims, "nbf") > now_s + LEEWAY_S:
            raise InvalidToken("nbf lies in the future")
        if not isinstance(claims.get("jti"), str) or not claims["jti"]:
            raise InvalidToken("no jti")


def _seconds(claims: Mapping[str, Any], name: str) -> int:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidToken(f"{name} is missing or not a whole number")
    return value


def _principal(claims: Mapping[str, Any]) -> Principal:
    role = claims.get("role")
    if not isinstance(role, str) or not _ROLE.fullmatch(role):
        raise InvalidToken("role is missing or malformed")
    return Principal(_uuid(claims, "sub"), role, _uuid(claims, "sid"))


def _uuid(claims: Mapping[str, Any], name: str) -> uuid.UUID:
    value = claims.get(name)
    if not isinstance(value, str):
        raise InvalidToken(f"{name} is missing")
    try:
        return uuid.UUID(value)
    except ValueError as error:
        raise InvalidToken(f"{name} is not an id") from error
