"""Consistency-Token, Freshness and Prefer: wait: the headers by which a caller sees its own writes."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from runtime.times import rfc3339

MAX_WAIT_S = 5
MAX_TOKEN_LENGTH = 256
MAX_VERSION = 2**63 - 1
MAX_XID = 2**64 - 1

_FORM = re.compile(r"([a-z_]{1,32}):([0-9a-f-]{36}):([0-9]{1,19}):([0-9]{1,20})")
# Every answer of some milliseconds tells the same time.
_spelled = lru_cache(maxsize=64)(rfc3339)
_WAIT = re.compile(r'\s*wait\s*=\s*"?([0-9]{1,9})"?\s*(?:;.*)?', re.IGNORECASE)


class InvalidConsistencyToken(Exception):
    """Not one that a command answered with."""


@dataclass(frozen=True)
class ConsistencyToken:
    """Names one committed write: this aggregate at this version, written by this Postgres transaction."""

    aggregate_type: str
    aggregate_id: UUID
    version: int
    xid: int

    def encode(self) -> str:
        text = f"{self.aggregate_type}:{self.aggregate_id}:{self.version}:{self.xid}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> ConsistencyToken:
        if len(text) > MAX_TOKEN_LENGTH:
            raise InvalidConsistencyToken
        try:
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            raw = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
            parts = _FORM.fullmatch(raw)
            if parts is None:
                raise InvalidConsistencyToken
            token = cls(parts[1], UUID(parts[2]), int(parts[3]), int(parts[4]))
        except (UnicodeError, binascii.Error, ValueError) as error:
            raise InvalidConsistencyToken from error
        if not (1 <= token.version <= MAX_VERSION and token.xid <= MAX_XID):
            raise InvalidConsistencyToken
        return token


@dataclass(frozen=True)
class Freshness:
    """Everything committed before `as_of` is in the answer; None: nobody knows."""

    as_of: datetime | None
    lag_ms: int
    stale: bool = False

    def header(self) -> str:
        """An RFC 8941 dictionary."""
        known = "" if self.as_of is None else f'as_of="{_spelled(self.as_of)}", '
        return f"{known}lag_ms={self.lag_ms}, stale=?{int(self.stale)}"


def parse_prefer_wait(header: str | None) -> int | None:
    """Seconds of `Prefer: wait=n` (RFC 7240), at most MAX_WAIT_S. What is malformed counts as not asked."""
    for preference in (header or "").split(","):
        asked = _WAIT.fullmatch(preference)
        if asked:
            return min(int(asked[1]), MAX_WAIT_S)
    return None
