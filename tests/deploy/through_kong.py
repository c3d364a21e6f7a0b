from __future__ import annotations

import httpx

from tests.deploy.kong.gateway import resolve
from tests.deploy.stack import Stack

ORIGIN = "http://localhost:8080"
# Of a caller; what stands before it the caller wrote, and nobody believes.
FORWARDED = "198.51.100.1, 203.0.113.7"
# Who calls from this machine: the gateway of the network.
FROM_HERE = "172.30.213.1"


class ThroughKong(httpx.AsyncBaseTransport):
    """Sends each request where Kong's routes lead, as Kong would: the path changed, the Host kept, the caller added."""

    def __init__(self, stack: Stack, forwarded: str = FORWARDED) -> None:
        self._stack = stack
        self._forwarded = forwarded
        self._transport = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path, separator, query = request.url.raw_path.decode().partition("?")
        destination = resolve(path)
        host, port = self._stack.address_of(destination.address).split(":")
        there = httpx.URL(
            scheme="http", host=host, port=int(port), raw_path=f"{destination.path}{separator}{query}".encode()
        )
        sent = httpx.Request(
            request.method, there, headers=request.headers, stream=request.stream, extensions=request.extensions
        )
        sent.headers["X-Forwarded-For"] = self._forwarded
        sent.headers["X-Forwarded-Proto"] = "http"
        sent.headers["X-Forwarded-Host"] = request.url.host
        # Where Kong itself listens, which nobody outside knows.
        sent.headers["X-Forwarded-Port"] = "8000"
        return await self._transport.handle_async_request(sent)

    async def aclose(self) -> None:
        await self._transport.aclose()
