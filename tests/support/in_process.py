"""An application behind the real server, in this process."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn

from tests.support.eventually import eventually


class _ServerOfATest(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None: a signal belongs to the test that runs, and uvicorn would keep it until its own end."""
        yield


@asynccontextmanager
async def listening(config: uvicorn.Config, at: socket.socket) -> AsyncIterator[None]:
    server = _ServerOfATest(config)
    running = asyncio.ensure_future(server.serve(sockets=[at]))

    async def started() -> bool:
        return server.started

    await eventually(started)
    try:
        yield
    finally:
        server.should_exit = True
        await running
