from __future__ import annotations

from types import TracebackType

import httpx

from .async_transport import AsyncTransport
from .exchange import USER_AGENT, Exchange, Token
from .operations.async_groups import AsyncGroups
from .operations.groups import Groups
from .request import MAX_WAIT_S
from .retries import RetryPolicy
from .transport import Transport

# More than the 5 s that the server may wait for a write.
TIMEOUT_S = 15.0
# Four heartbeats.
STREAM_SILENCE_S = 60.0


class Client(Groups):
    """Both APIs, for one caller. Operations are grouped: `client.tickets.open_ticket(…)`.

    `token` is an API token or the access token of a session, or a function that returns one that is still good.
    A read waits up to `wait_s` seconds until it shows the client's last write. Threads may share a client.
    `http` is for proxies, certificates and the like, and is closed with the client.
    """

    def __init__(
        self,
        command_url: str,
        query_url: str,
        token: Token = None,
        *,
        retries: RetryPolicy = RetryPolicy(),
        wait_s: int = MAX_WAIT_S,
        timeout_s: float = TIMEOUT_S,
        stream_silence_s: float = STREAM_SILENCE_S,
        http: httpx.Client | None = None,
    ) -> None:
        self._http = http or httpx.Client(headers={"User-Agent": USER_AGENT})
        exchange = Exchange(
            {"command": command_url, "query": query_url}, token, retries, wait_s, timeout_s, stream_silence_s
        )
        super().__init__(Transport(self._http, exchange))

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class AsyncClient(AsyncGroups):
    """Like Client, with methods to be awaited."""

    def __init__(
        self,
        command_url: str,
        query_url: str,
        token: Token = None,
        *,
        retries: RetryPolicy = RetryPolicy(),
        wait_s: int = MAX_WAIT_S,
        timeout_s: float = TIMEOUT_S,
        stream_silence_s: float = STREAM_SILENCE_S,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        self._http = http or httpx.AsyncClient(headers={"User-Agent": USER_AGENT})
        exchange = Exchange(
            {"command": command_url, "query": query_url}, token, retries, wait_s, timeout_s, stream_silence_s
        )
        super().__init__(AsyncTransport(self._http, exchange))

    async def close(self) -> None:
        await self._http.aclose()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()
