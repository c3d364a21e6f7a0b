"""Serves the built pages of frontend/, as nginx does in a container: uvicorn --factory stack.pages:create_app."""

from __future__ import annotations

import os
from pathlib import Path

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FOLDER, COMMANDS_PORT, QUERIES_PORT = "TIDEDESK_PAGES_FOLDER", "TIDEDESK_COMMANDS_PORT", "TIDEDESK_QUERIES_PORT"
HOSTS = ("127.0.0.1", "localhost")
# Those of deploy/frontend/nginx.conf; there both APIs are on the same origin.
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# Their names have a hash of what is in them.
HASHED = "assets/"
FOREVER, ALWAYS_ASK = "public, max-age=31536000, immutable", "no-cache"


class Pages(StaticFiles):
    """Whatever is no file is a page of the application, which finds its way by the address."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            response = await super().get_response(path, scope)
        except HTTPException as missing:
            if missing.status_code != 404 or path.startswith(HASHED):
                raise
            response = await super().get_response("index.html", scope)
        response.headers["Cache-Control"] = FOREVER if path.startswith(HASHED) else ALWAYS_ASK
        return response


class Secured:
    def __init__(self, app: ASGIApp, ports: tuple[int, int]) -> None:
        self._app = app
        self._ports = ports

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update({**SECURITY_HEADERS, "Content-Security-Policy": self._policy(Request(scope))})
            await send(message)

        await self._app(scope, receive, secured if scope["type"] == "http" else send)

    def _policy(self, request: Request) -> str:
        apis = " ".join(f"http://{request.url.hostname}:{port}" for port in self._ports)
        return (
            f"default-src 'self'; connect-src 'self' {apis}; img-src 'self' data: blob: {apis}; "
            "frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
        )


def create_app() -> Starlette:
    ports = int(os.environ[COMMANDS_PORT]), int(os.environ[QUERIES_PORT])
    return pages(Path(os.environ[FOLDER]), *ports)


def pages(folder: Path, commands_port: int, queries_port: int) -> Starlette:
    def config(request: Request) -> Response:
        # By the name the page was asked for: cookies of 127.0.0.1 do not go to localhost.
        host = request.url.hostname
        addresses = {
            "commands_url": f"http://{host}:{commands_port}",
            "queries_url": f"http://{host}:{queries_port}",
        }
        return JSONResponse(addresses, headers={"Cache-Control": ALWAYS_ASK})

    def health(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    return Starlette(
        routes=[Route("/config.json", config), Route("/healthz", health), Mount("/", Pages(directory=folder))],
        middleware=[
            Middleware(Secured, ports=(commands_port, queries_port)),
            Middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS)),
            Middleware(GZipMiddleware, minimum_size=1_000),
        ],
    )
