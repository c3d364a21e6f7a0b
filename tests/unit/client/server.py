"""A client whose server is a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from tidedesk_client import AsyncClient, Client, RetryPolicy

COMMANDS, QUERIES = "http://commands.test", "http://queries.test/api/queries"
Handler = Callable[[httpx.Request], httpx.Response]
# Without a pause that a test would have to wait for.
AT_ONCE = RetryPolicy(attempts=3, first_pause_s=0.0)


def client(handler: Handler, **options: Any) -> Client:
    http = httpx.Client(transport=httpx.MockTransport(handler))
    return Client(COMMANDS, QUERIES, **{"token": "tdk_1", "retries": AT_ONCE, "http": http, **options})


def async_client(handler: Handler, **options: Any) -> AsyncClient:
    http = httpx.AsyncClient(transport=httpx.MockTransport(handler))
    return AsyncClient(COMMANDS, QUERIES, **{"token": "tdk_1", "retries": AT_ONCE, "http": http, **options})


def problem(status: int, code: str = "some.code", headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
    body = {"status": status, "code": code, "detail": "What happened.", "request_id": "r1", **more}
    return httpx.Response(status, json=body, headers={"Content-Type": "application/problem+json", **(headers or {})})
