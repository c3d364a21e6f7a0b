"""An answer as it comes, piece by piece, read as slowly as a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp

from runtime.tasks import cancel_all
from tests.support.desk import Caller


class Pieces:
    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        # One is handed over only when the one before was taken.
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue(maxsize=1)

    async def next(self, timeout_s: float = 10) -> str | None:
        """None: this was the end."""
        piece = await asyncio.wait_for(self._pieces.get(), timeout_s)
        return None if piece is None else piece.decode()

    async def rest(self, timeout_s: float = 10) -> str:
        parts = []
        while (piece := await self.next(timeout_s)) is not None:
            parts.append(piece)
        return "".join(parts)

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            return
        if message.get("body"):
            await self._pieces.put(message["body"])
        if not message.get("more_body"):
            await self._pieces.put(None)


@asynccontextmanager
async def in_pieces(app: ASGIApp, caller: Caller, address: str) -> AsyncIterator[Pieces]:
    """A GET; at the end of the block the caller goes away."""
    parts, pieces, gone = urlsplit(address), Pieces(), asyncio.Event()
    headers = {"host": "127.0.0.1", **{name.lower(): value for name, value in caller.headers.items()}}
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    asked = False

    async def receive() -> dict[str, Any]:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await gone.wait()
        return {"type": "http.disconnect"}

    answering = asyncio.ensure_future(app(scope, receive, pieces.send))
    try:
        yield pieces
    finally:
        gone.set()
        done, _ = await asyncio.wait((answering,), timeout=2)
        if not done:
            await cancel_all([answering])
