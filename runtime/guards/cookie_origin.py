from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from runtime.cookies import SAFE_METHODS, signs_in_by_cookie
from runtime.guards.refusal import refuse
from runtime.origins import OwnOrigins


class CookieOrigin:
    """What a browser sends by itself signs in only what our pages ask for; before anything else is looked at."""

    def __init__(self, app: ASGIApp, origins: OwnOrigins) -> None:
        self._app = app
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS and signs_in_by_cookie(scope["headers"]):
            refusal = self._origins.refusal(scope["headers"])
            if refusal is not None:
                await refuse(refusal, scope, receive, send)
                return
        await self._app(scope, receive, send)
