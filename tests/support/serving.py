"""A small API behind the real server, in this process: for what is decided before there is a request."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Union

import uvicorn

from tests.support.eventually import eventually
from tests.unit.runtime.api import make_app


@asynccontextmanager
async def serving(http: Union[str, type[asyncio.Protocol]]) -> AsyncIterator[int]:
    """The port it listens on; `http` is what the server's option of that name takes."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(make_app(), http=http, log_config=None, access_log=False, lifespan="on")
    server = uvicorn.Server(config)
    running = asyncio.ensure_future(server.serve(sockets=[listening]))

    async def started() -> bool:
        return server.started

    await eventually(started)
    try:
        yield int(listening.getsockname()[1])
    finally:
        server.should_exit = True
        await running
