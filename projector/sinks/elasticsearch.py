"""A thin client: the projector sends bytes that Postgres made and hardly looks at the answers."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import orjson

from runtime.errors import StoreUnavailable

STORE = "elasticsearch"
JSON = {"content-type": "application/json"}
NDJSON = {"content-type": "application/x-ndjson"}
# The node is there but cannot take it now: too many requests, no master, a shard that is not ready.
BUSY = frozenset({429, 502, 503, 504})
DEFAULT_TIMEOUT_S = 30.0


class ElasticsearchRefused(Exception):
    def __init__(self, status: int, kind: str, reason: str) -> None:
        super().__init__(f"{status} {kind}: {reason}")
        self.status = status
        self.kind = kind


def uncounted(_: str, __: int) -> None:
    """For whoever has no metrics."""


class Elasticsearch:
    """`count_bulk` is told of every result that documents of `_bulk` had, and how many had it."""

    def __init__(
        self, session: aiohttp.ClientSession, url: str, count_bulk: Callable[[str, int], None] = uncounted
    ) -> None:
        self._session = session
        self._url = url.rstrip("/")
        self.count_bulk = count_bulk

    async def send(
        self, method: str, path: str, body: bytes = b"", *, headers: dict[str, str] = JSON, timeout_s: float
    ) -> tuple[int, bytes]:
        """Status and body. The request is cancelled when its time is over: nothing of ours is in flight after that."""
        try:
            async with self._session.request(
                method,
                self._url + path,
                # From a file object large bodies are written piece by piece, so that other tasks go on.
                data=io.BytesIO(body) if body else None,
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=timeout_s),
            ) as response:
                answer = await response.read()
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            raise StoreUnavailable(STORE, f"{type(error).__name__}: {error}") from error
        if response.status in BUSY:
            raise StoreUnavailable(STORE, f"{response.status}: {answer[:500].decode(errors='replace')}")
        return response.status, answer

    async def call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        missing_ok: bool = False,
        timeout_s: float = DEFAULT_TIMEOUT_S,
    ) -> Any:
        """The parsed answer, None for a 404 where `missing_ok`."""
        status, answer = await self.send(method, path, b"" if body is None else orjson.dumps(body), timeout_s=timeout_s)
        if status == 404 and missing_ok:
            return None
        if status >= 300:
            raise refusal(status, answer)
        return orjson.loads(answer) if answer else None


def refusal(status: int, answer: bytes) -> ElasticsearchRefused:
    try:
        error = orjson.loads(answer)["error"]
        return ElasticsearchRefused(status, error["type"], str(error.get("reason")))
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return ElasticsearchRefused(status, "unknown", answer[:500].decode(errors="replace"))


@asynccontextmanager
async def open_elasticsearch(
    url: str, max_connections: int = 16, count_bulk: Callable[[str, int], None] = uncounted
) -> AsyncIterator[Elasticsearch]:
    connector = aiohttp.TCPConnector(limit=max_connections)
    async with aiohttp.ClientSession(connector=connector, auto_decompress=True) as session:
        yield Elasticsearch(session, url, count_bulk)
