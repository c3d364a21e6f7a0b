"""Head and body of an answer travel in one write: the server hands them over one after the other.

Each write of a socket is a system call and mostly a packet of its own, and for a short answer that is a good part of
all the work.
"""

from __future__ import annotations

import asyncio
from typing import Any

# More of a long answer is not kept here: the transport is who says that there is too much.
MOST_HELD_BYTES = 64 * 1024


class JoinedWrites:
    """A transport that writes at the end of a turn of the event loop, or when it is told to."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []
        self._held_bytes = 0

    def write(self, data: bytes) -> None:
        if not self._held:
            self._loop.call_soon(self.flush)
        self._held.append(data)
        self._held_bytes += len(data)
        if self._held_bytes > MOST_HELD_BYTES:
            self.flush()

    def flush(self) -> None:
        if not self._held:
            return
        held, self._held, self._held_bytes = self._held, [], 0
        if not self._transport.is_closing():
            self._transport.writelines(held)

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
