"""A call as data, before it meets a connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Union
from urllib.parse import quote
from uuid import uuid4

from .answers import Answer, Match, etag_of

Api = Literal["command", "query"]
QueryValue = Union[str, int, bool, Sequence[Union[str, int]], None]
# The server waits for no longer.
MAX_WAIT_S = 5


@dataclass(frozen=True)
class Request:
    api: Api
    method: str
    path: str
    query: Mapping[str, QueryValue] = field(default_factory=dict)
    headers: Mapping[str, str | None] = field(default_factory=dict)
    body: Any = None
    content: bytes | None = None
    # A read, which can wait for a write: the one named here, else the client's last one.
    awaits_writes: bool = False
    consistency_token: str | None = None
    wait_s: int | None = None
    # An answer that the caller has, and gets back if nothing has changed since.
    known: Answer[Any] | None = None
    # The answer has no end that could be waited for.
    is_stream: bool = False

    @property
    def is_repeatable(self) -> bool:
        """Doing it twice is the same as doing it once, to whoever looks at the answers."""
        return self.method == "GET" or self.headers.get("Idempotency-Key") is not None

    def at(self, cursor: str) -> Request:
        """Another page shows what there was at the first, and waits for no newer write."""
        awaited = self.consistency_token is not None
        return replace(self, query={**self.query, "cursor": cursor}, awaits_writes=awaited)

    def waiting_for(self, last_write: str | None, wait_s: int) -> Request:
        """As it is sent. It remembers the write, which other pages have to name, too."""
        token = self.consistency_token or last_write
        if not self.awaits_writes or token is None:
            return self
        seconds = min(wait_s if self.wait_s is None else self.wait_s, MAX_WAIT_S)
        waiting = {"Consistency-Token": token, "Prefer": f"wait={seconds}"}
        return replace(self, consistency_token=token, headers={**self.headers, **waiting})

    def to_send(self, base_url: str, token: str | None) -> dict[str, Any]:
        """Arguments of httpx's build_request."""
        headers = {name: value for name, value in self.headers.items() if value is not None}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        arguments: dict[str, Any] = {
            "method": self.method,
            "url": base_url.rstrip("/") + self.path,
            "params": {name: _plain(value) for name, value in self.query.items() if value is not None},
            "headers": headers,
        }
        if self.content is not None:
            headers["Content-Type"] = "application/octet-stream"
            arguments["content"] = self.content
        elif self.body is not None:
            arguments["json"] = self.body
        return arguments


def _plain(value: QueryValue) -> Any:
    """httpx takes no other sequences than these for several values."""
    return value if isinstance(value, (str, int)) or value is None else list(value)


def in_path(value: str | int) -> str:
    return quote(str(value), safe="")


def key_or_new(idempotency_key: str | None) -> str:
    """A key for each command, so that it can be sent again when its answer was lost."""
    return idempotency_key or str(uuid4())


def etag_or_none(match: Match | None) -> str | None:
    return None if match is None else etag_of(match)
