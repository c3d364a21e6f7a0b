"""A thin client: the projector sends bytes that Postgres made and hardly looks at the answers."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import orjson

from runtime.elasticsearch_nodes import TOO_MANY_REQUESTS, Nodes, is_unavailable, node_addresses
from runtime.errors import StoreUnavailable

STORE = "elasticsearch"
JSON = {"content-type": "application/json"}
NDJSON = {"content-type": "application/x-ndjson"}
DEFAULT_TIMEOUT_S = 30.0
# A machine that is gone answers nothing at all; one on the same network is reached in milliseconds.
CONNECT_TIMEOUT_S = 2.0
NOT_CONNECTED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


class ElasticsearchRefused(Exception):
    def __init__(self, status: int, kind: str, reason: str) -> None:
        super().__init__(f"{status} {kind}: {reason}")
        self.status = status
        self.kind = kind


def uncounted(_: str, __: int) -> None:
    """For whoever has no metrics."""


class Elasticsearch:
    """`url` may name several nodes of one cluster, separated by commas. `count_bulk` is told of every result that
    documents of `_bulk` had, and how many had it."""

    def __init__(
        self, session: aiohttp.ClientSession, url: str, count_bulk: Callable[[str, int], None] = uncounted
    ) -> None:
        self._session = session
        self._nodes = Nodes(node_addresses(url))
        self.count_bulk = count_bulk

    async def send(
        self, method: str, path: str, body: bytes = b"", *, headers: dict[str, str] = JSON, timeout_s: float
    ) -> tuple[int, bytes]:
        """Status and body. The request is cancelled when its time is over: nothing of ours is in flight after that.

        Another node is asked only where the first cannot have heard of it: what it did with a request is not known.
        """
        over_at = time.monotonic() + timeout_s
        failure: Exception | None = None
        for url in self._nodes.in_turn():
            left_s = over_at - time.monotonic()
            if failure is not None and left_s <= 0:
                break
            try:
                status, answer = await self._ask(url, method, path, body, headers, left_s)
            except NOT_CONNECTED as error:
                self._nodes.failed(url)
                failure = error
                continue
            except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
                self._nodes.failed(url)
                raise _unavailable(error) from error
            if is_unavailable(status):
                if status != TOO_MANY_REQUESTS:
                    self._nodes.failed(url)
                raise StoreUnavailable(STORE, f"{status}: {answer[:500].decode(errors='replace')}")
            return status, answer
        assert failure is not None
        raise _unavailable(failure) from failure

    async def _ask(
        self, url: str, method: str, path: str, body: bytes, headers: dict[str, str], timeout_s: float
    ) -> tuple[int, bytes]:
        async with self._session.request(
            method,
            url + path,
            # From a file object large bodies are written piece by piece, so that other tasks go on.
            data=io.BytesIO(body) if body else None,
            headers=headers,
            timeout=aiohttp.ClientTimeout(total=timeout_s, sock_connect=CONNECT_TIMEOUT_S),
        ) as response:
            return response.status, await response.read()

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


def _unavailable(error: Exception) -> StoreUnavailable:
    return StoreUnavailable(STORE, f"{type(error).__name__}: {error}")


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
