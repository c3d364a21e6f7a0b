"""What a call returns: the body, and what its headers say about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar, Union

import httpx

T = TypeVar("T")

_AS_OF = re.compile(r'\bas_of="([^"]+)"')
_LAG_MS = re.compile(r"\blag_ms=(\d+)")


@dataclass(frozen=True)
class Freshness:
    """Everything committed before `as_of` is in the answer. `stale`: perhaps not the write that was waited for."""

    as_of: datetime | None
    lag_ms: int
    stale: bool

    @classmethod
    def parse(cls, header: str | None) -> Freshness | None:
        if header is None:
            return None
        as_of, lag_ms = _AS_OF.search(header), _LAG_MS.search(header)
        return cls(
            # Before 3.11 fromisoformat knows no Z.
            as_of=datetime.fromisoformat(as_of[1].replace("Z", "+00:00")) if as_of else None,
            lag_ms=int(lag_ms[1]) if lag_ms else 0,
            stale="stale=?1" in header,
        )


@dataclass(frozen=True)
class Answer(Generic[T]):
    data: T
    status: int
    headers: Mapping[str, str] = field(repr=False)

    @property
    def etag(self) -> str | None:
        """Of what is shown or was written; a change of it takes the answer itself as `if_match`."""
        return self.headers.get("ETag")

    @property
    def consistency_token(self) -> str | None:
        """Names the write. The client sends it with its next reads; hand it on where another client reads."""
        return self.headers.get("Consistency-Token")

    @property
    def freshness(self) -> Freshness | None:
        """None: an answer of the command API, which is always as new as can be."""
        return Freshness.parse(self.headers.get("Freshness"))

    @property
    def was_replayed(self) -> bool:
        """The command had been carried out before, under the same Idempotency-Key."""
        return self.headers.get("Idempotency-Replayed") == "true"

    @property
    def location(self) -> str | None:
        return self.headers.get("Location")

    @property
    def request_id(self) -> str | None:
        """Names the request in the logs of the server."""
        return self.headers.get("X-Request-ID")


# An earlier answer, the version it showed, or an ETag; "*" stands for whatever there is.
Match = Union[Answer[Any], int, str]


def etag_of(match: Match) -> str:
    if isinstance(match, Answer):
        if match.etag is None:
            raise ValueError("This answer has no ETag: it shows no single thing that can be changed.")
        return match.etag
    return f'"v{match}"' if isinstance(match, int) else match


def body_of(response: httpx.Response) -> Any:
    if not response.content:
        return None
    return response.json() if is_json(response) else response.content


def is_json(response: httpx.Response) -> bool:
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip()
    return media_type in ("application/json", "application/problem+json")
