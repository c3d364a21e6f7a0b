"""The projector's own small port: is it alive, does it keep up, and its metrics."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from projector.bootstrap import Projector
from projector.kafka.link import STORE


@asynccontextmanager
async def serve(projector: Projector, is_ready: Callable[[], bool]) -> AsyncIterator[None]:
    """Nothing where no port is set."""
    port = projector.settings.projector_port
    if not port:
        yield
        return

    async def livez(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def readyz(_: web.Request) -> web.Response:
        if not is_ready():
            return web.json_response({"status": "unavailable"}, status=503)
        if projector.kafka is None:
            return web.json_response({"status": "ok"})
        # Without it changes wait in the outbox, and freshness says so; nothing is lost.
        fine = projector.kafka.is_reachable
        checks = {STORE: {"status": "ok" if fine else "failed", "required": False}}
        return web.json_response({"status": "ok" if fine else "degraded", "checks": checks})

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(
            body=generate_latest(projector.metrics.registry), headers={"content-type": CONTENT_TYPE_LATEST}
        )

    application = web.Application()
    application.add_routes([web.get("/livez", livez), web.get("/readyz", readyz), web.get("/metrics", metrics)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, projector.settings.projector_host, port).start()
        yield
    finally:
        await runner.cleanup()
