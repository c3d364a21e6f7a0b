"""Answers that are sent piece by piece, for as long as somebody listens."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from runtime.http_protocol import CUT_AT_SHUTDOWN

# No cache, and no proxy that collects pieces before it passes them on.
NOT_KEPT = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class LongAnswer(StreamingResponse):
    """`done` is called however it ends, also where the caller goes away between two pieces."""

    def __init__(
        self,
        pieces: AsyncGenerator[bytes, None],
        done: Callable[[], Awaitable[None]],
        headers: Mapping[str, str],
        media_type: str,
    ) -> None:
        super().__init__(pieces, headers={**NOT_KEPT, **headers}, media_type=media_type)
        self._pieces = pieces
        self._done = done

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[CUT_AT_SHUTDOWN] = True
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._pieces.aclose()
            await self._done()
