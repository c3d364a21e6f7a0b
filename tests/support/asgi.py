"""Runs an ASGI application as a server would: its lifespan around, its state in every request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

BASE_URL = "http://127.0.0.1"


@asynccontextmanager
async def running(app: ASGIApp) -> AsyncIterator[ASGIApp]:
    """The application between its start-up and its shutdown, both in one task, as its pools expect."""
    state: dict[str, Any] = {}
    to_app: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    from_app: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
    lifespan = asyncio.ensure_future(
        _call(app, {"type": "lifespan", "asgi": {"version": "3.0"}, "state": state}, to_app.get, from_app.put)
    )
    await to_app.put({"type": "lifespan.startup"})
    await _expect("lifespan.startup.complete", from_app, lifespan)

    async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": dict(state)}, receive, send)

    try:
        yield with_state
    finally:
        await to_app.put({"type": "lifespan.shutdown"})
        await _expect("lifespan.shutdown.complete", from_app, lifespan)
        await lifespan


async def _call(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    await app(scope, receive, send)


async def _expect(
    message_type: str, from_app: asyncio.Queue[MutableMapping[str, Any]], lifespan: asyncio.Future[None]
) -> None:
    message = asyncio.ensure_future(from_app.get())
    either: set[asyncio.Future[Any]] = {message, lifespan}
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    if not message.done():
        message.cancel()
        await lifespan
        raise RuntimeError(f"the application ended before {message_type}")
    if message.result()["type"] != message_type:
        await asyncio.wait({lifespan})
        raise RuntimeError(f"expected {message_type}, got {message.result()}")


def client_for(app: ASGIApp, headers: Mapping[str, str] | None = None) -> httpx.AsyncClient:
    """An error that the application lets through becomes a 500, as it would for a real client."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=BASE_URL, headers=headers, timeout=30.0)
