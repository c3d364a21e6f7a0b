from __future__ import annotations

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime.error_handlers import unexpected
from runtime.guards.refusal import refuse

log = structlog.get_logger(__name__)


class CrashGuard:
    """Inside what completes the answers, as the framework's own handler would answer outside of it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        except ClientDisconnect:
            # Nobody is left to be answered, and it is no fault of ours.
            log.info("caller_went_away", method=scope["method"], path=scope["path"])
        except Exception:
            log.exception("unexpected_error", method=scope["method"], path=scope["path"])
            if not started:
                await refuse(unexpected(), scope, receive, send)
