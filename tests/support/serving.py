"""A small API behind the real server, in this process: for what is decided before there is a request."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Union

import uvicorn

from tests.support.in_process import listening
from tests.unit.runtime.api import make_app


@asynccontextmanager
async def serving(http: Union[str, type[asyncio.Protocol]]) -> AsyncIterator[int]:
    """The port it listens on; `http` is what the server's option of that name takes."""
    door = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(make_app(), http=http, log_config=None, access_log=False, lifespan="on")
    async with listening(config, door):
        yield int(door.getsockname()[1])
