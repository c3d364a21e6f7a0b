"""ID tokens, checked as OpenID Connect Core 3.1.3.7 wants it, by an allow-list and with nothing optional."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jose import jwk, jws
from jose.exceptions import JOSEError

# Of two keys each. Whatever is made with a shared secret, or not signed, is no proof of who made it.
ALGORITHMS = ("RS256", "ES256")
MAX_LENGTH = 65_536
# Clocks of two machines differ a little.
LEEWAY_S = 60
# From signing in to here takes one redirect.
MAX_AGE_S = 600
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_SUBJECT = re.compile(r"[\x20-\x7e]{1,255}")


class Untrusted(Exception):
    """`reason` is for the log."""


@dataclass(frozen=True)
class Expected:
    issuer: str
    client_id: str
    nonce: str
    access_token: str | None
    now_s: float


def header_of(token: str) -> Mapping[str, Any]:
    """With an algorithm of the list. Raises Untrusted."""
    if len(token) > MAX_LENGTH or not _COMPACT.fullmatch(token):
        raise Untrusted("not a compact signed token")
    try:
        header: Mapping[str, Any] = jws.get_unverified_header(token)
    except (JOSEError, ValueError, RecursionError) as error:
        raise Untrusted(f"unreadable header: {type(error).__name__}") from error
    if header.get("alg") not in ALGORITHMS:
        raise Untrusted("wrong alg")
    if "crit" in header:
        raise Untrusted("crit is not supported")
    return header


def verified_claims(token: str, key: Mapping[str, Any], expected: Expected) -> Mapping[str, Any]:
    """`key` is the provider's public one that the header names. Raises Untrusted."""
    algorithm = header_of(token)["alg"]
    if key.get("use", "sig") != "sig" or key.get("alg", algorithm) != algorithm:
        raise Untrusted("the key is for something else")
    try:
        # Only takes keys of the kind that belongs to the algorithm.
        claims = json.loads(jws.verify(token, jwk.construct(dict(key), algorithm), [algorithm]))
    except (JOSEError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise Untrusted(f"wrongly signed: {type(error).__name__}") from error
    if not isinstance(claims, dict):
        raise Untrusted("the claims are not an object")
    _check_addressee(claims, expected)
    _check_times(claims, expected.now_s)
    if not hmac.compare_digest(str(claims.get("nonce")).encode(errors="replace"), expected.nonce.encode()):
        raise Untrusted("wrong nonce")
    if "at_hash" in claims and claims["at_hash"] != _half_hash(expected.access_token):
        raise Untrusted("wrong at_hash")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not _SUBJECT.fullmatch(subject):
        raise Untrusted("no sub")
    return claims


def _check_addressee(claims: Mapping[str, Any], expected: Expected) -> None:
    if claims.get("iss") != expected.issuer:
        raise Untrusted("wrong iss")
    said = claims.get("aud")
    audiences = said if isinstance(said, list) else [said]
    if expected.client_id not in audiences:
        raise Untrusted("wrong aud")
    if claims.get("azp", expected.client_id) != expected.client_id or (len(audiences) > 1 and "azp" not in claims):
        raise Untrusted("wrong azp")


def _check_times(claims: Mapping[str, Any], now_s: float) -> None:
    if _seconds(claims, "exp") <= now_s - LEEWAY_S:
        raise Untrusted("expired")
    if not now_s - MAX_AGE_S - LEEWAY_S <= _seconds(claims, "iat") <= now_s + LEEWAY_S:
        raise Untrusted("made at another time")


def _seconds(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Untrusted(f"{name} is missing or not a number")
    return value


def _half_hash(access_token: str | None) -> str | None:
    if access_token is None:
        return None
    digest = hashlib.sha256(access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
