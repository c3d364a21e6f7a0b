from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx

from .answers import Answer
from .errors import problem_of
from .events import AsyncEventStream
from .exchange import Exchange, is_refusal
from .exports import AsyncExport
from .pages import AsyncPage
from .request import Request


class AsyncTransport:
    def __init__(self, http: httpx.AsyncClient, exchange: Exchange) -> None:
        self.http = http
        self.exchange = exchange

    async def answer(self, request: Request) -> Answer[Any]:
        prepared = self.exchange.prepared(request)
        return self.exchange.answer(prepared, await self._sent(prepared))

    async def page(self, request: Request) -> AsyncPage[Any, Any]:
        prepared = self.exchange.prepared(request)
        answer = await self.answer(prepared)
        return AsyncPage(answer.data, answer.status, answer.headers, prepared, self.page)

    def events(self, request: Request) -> AsyncEventStream:
        return AsyncEventStream(self, replace(request, is_stream=True))

    def export(self, request: Request) -> AsyncExport:
        return AsyncExport(self, replace(request, is_stream=True))

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[httpx.Response]:
        response = await self._sent(self.exchange.prepared(request))
        try:
            yield response
        finally:
            await response.aclose()

    async def _sent(self, request: Request) -> httpx.Response:
        attempt = 0
        while True:
            attempt += 1
            try:
                built = self.http.build_request(**self.exchange.arguments(request))
                response = await self.http.send(built, stream=request.is_stream, follow_redirects=False)
                if not is_refusal(response):
                    self.exchange.last_write.note(response.headers)
                    return response
                await response.aread()
                await response.aclose()
                pause_s = self.exchange.pause_after_refusal(request, problem_of(response), attempt)
            except httpx.TransportError as error:
                pause_s = self.exchange.pause_after_failure(request, error, attempt)
            await asyncio.sleep(pause_s)
