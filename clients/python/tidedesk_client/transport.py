from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx

from .answers import Answer
from .errors import problem_of
from .events import EventStream
from .exchange import Exchange, is_refusal
from .exports import Export
from .pages import Page
from .request import Request


class Transport:
    def __init__(self, http: httpx.Client, exchange: Exchange) -> None:
        self.http = http
        self.exchange = exchange

    def answer(self, request: Request) -> Answer[Any]:
        prepared = self.exchange.prepared(request)
        return self.exchange.answer(prepared, self._sent(prepared))

    def page(self, request: Request) -> Page[Any, Any]:
        prepared = self.exchange.prepared(request)
        answer = self.answer(prepared)
        return Page(answer.data, answer.status, answer.headers, prepared, self.page)

    def events(self, request: Request) -> EventStream:
        return EventStream(self, replace(request, is_stream=True))

    def export(self, request: Request) -> Export:
        return Export(self, replace(request, is_stream=True))

    @contextmanager
    def stream(self, request: Request) -> Iterator[httpx.Response]:
        response = self._sent(self.exchange.prepared(request))
        try:
            yield response
        finally:
            response.close()

    def _sent(self, request: Request) -> httpx.Response:
        attempt = 0
        while True:
            attempt += 1
            try:
                built = self.http.build_request(**self.exchange.arguments(request))
                response = self.http.send(built, stream=request.is_stream, follow_redirects=False)
                if not is_refusal(response):
                    self.exchange.last_write.note(response.headers)
                    return response
                response.read()
                response.close()
                pause_s = self.exchange.pause_after_refusal(request, problem_of(response), attempt)
            except httpx.TransportError as error:
                pause_s = self.exchange.pause_after_failure(request, error, attempt)
            time.sleep(pause_s)
