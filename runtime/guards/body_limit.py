from __future__ import annotations

import asyncio
from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime.guards.refusal import refuse
from runtime.problems import ProblemError

# A connection that is closed while its caller still sends is reset, and the refusal with it: so read on, as long as
# something comes.
DRAINED_BYTES = 16 * 1_048_576
DRAIN_IDLE_S = 0.25
DRAIN_TIMEOUT_S = 5.0
WITHOUT_BODY = ("GET", "HEAD")
_ANNOUNCES_BODY = (b"content-length", b"transfer-encoding", b"expect")


class BodyTooLarge(Exception):
    pass


class BodyLimit:
    """Believes Content-Length when it is too large, and counts what really comes in any case."""

    def __init__(self, app: ASGIApp, limit_bytes: int, uploads: Mapping[str, int] | None = None) -> None:
        """`uploads`: paths that have a limit of their own."""
        self._app = app
        self._limit_bytes = limit_bytes
        self._uploads = uploads or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] in WITHOUT_BODY and not any(name in _ANNOUNCES_BODY for name, _ in scope["headers"]):
            await self._app(scope, receive, send)
            return
        limit_bytes = self._uploads.get(scope["path"], self._limit_bytes)
        # Who asks before sending (Expect: 100-continue) is told at once: reading would be the go-ahead.
        asks_first = any(name == b"expect" for name, _ in scope["headers"])
        announced = [value for name, value in scope["headers"] if name == b"content-length"]
        if any(not value.isdigit() for value in announced):
            await refuse(ProblemError(400, "body.malformed", "Content-Length is not a number."), scope, receive, send)
        elif any(len(value) > 18 or int(value) > limit_bytes for value in announced):
            if not asks_first:
                await _drain(receive, limit_bytes)
            await refuse(_too_large(limit_bytes), scope, receive, send)
        else:
            await self._counted(limit_bytes, scope, receive, send)

    async def _counted(self, limit_bytes: int, scope: Scope, receive: Receive, send: Send) -> None:
        received_bytes = 0
        exceeded = started = False

        async def count() -> Message:
            nonlocal received_bytes, exceeded
            message = await receive()
            received_bytes += len(message.get("body", b""))
            if received_bytes > limit_bytes:
                exceeded = True
                raise BodyTooLarge
            return message

        async def send_unless_exceeded(message: Message) -> None:
            # Whatever the application makes of the broken-off body, the caller learns the real reason.
            nonlocal started
            if started or not exceeded:
                started = True
                await send(message)

        try:
            await self._app(scope, count, send_unless_exceeded)
        except BodyTooLarge:
            if started:
                raise
        if exceeded and not started:
            await _drain(receive, limit_bytes)
            await refuse(_too_large(limit_bytes), scope, receive, send)


def _too_large(limit_bytes: int) -> ProblemError:
    return ProblemError(
        413,
        "body.too_large",
        f"A body may have {limit_bytes} bytes at most.",
        # What the caller still sends is not read.
        headers={"Connection": "close"},
        extensions={"limit_bytes": limit_bytes},
    )


async def _drain(receive: Receive, limit_bytes: int) -> None:
    try:
        await asyncio.wait_for(_discard(receive, max(DRAINED_BYTES, 2 * limit_bytes)), DRAIN_TIMEOUT_S)
    except asyncio.TimeoutError:
        return


async def _discard(receive: Receive, most_bytes: int) -> None:
    discarded_bytes = 0
    while discarded_bytes < most_bytes:
        message = await asyncio.wait_for(receive(), DRAIN_IDLE_S)
        discarded_bytes += len(message.get("body", b""))
        if not message.get("more_body", False):
            return
