"""The Elasticsearch search behind a request of the query API, seen on the wire: the same body by construction."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import orjson
from aiohttp import web

from benchmarks.harness.children import ChildFailed
from benchmarks.harness.load import Request
from benchmarks.harness.servers import free_port, product
from read_models.names import alias
from runtime.settings import Settings


@dataclass
class Seen:
    path: str
    body: bytes
    answer_bytes: int


@dataclass
class Recorder:
    """Passes everything on to Elasticsearch and remembers the searches."""

    target: str
    seen: list[Seen] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        async with aiohttp.ClientSession(auto_decompress=True) as http:
            async with http.request(
                request.method,
                self.target + request.raw_path,
                data=body or None,
                headers={name: request.headers[name] for name in ("Content-Type", "Accept") if name in request.headers},
            ) as answer:
                content = await answer.read()
                self.seen.append(Seen(request.raw_path, body, len(content)))
                kept = ("X-Elastic-Product", "Content-Type")
                headers = {name: answer.headers[name] for name in kept if name in answer.headers}
                return web.Response(status=answer.status, body=content, headers=headers)


async def searches_behind(
    settings: Settings, paths: Sequence[str], token: str, logs: Path, times_asked: int = 1
) -> list[Request]:
    """For each path of the query API the main search that it makes, to be sent to Elasticsearch directly.

    That of the last time it was asked: the query API narrows the search of a list that it has read before.
    """
    found = []
    async with _recording(settings.elasticsearch_url) as (url, recorder):
        async with product("read_api", settings.copy(update={"elasticsearch_url": url}), logs) as read_api:
            async with httpx.AsyncClient(base_url=read_api.url, trust_env=False, timeout=30.0) as http:
                for path in paths:
                    for _ in range(times_asked):
                        recorder.seen.clear()
                        (await http.get(path, headers={"Authorization": f"Bearer {token}"})).raise_for_status()
                    found.append(main_search(recorder.seen, alias(settings.namespace, "tickets")))
    return found


def main_search(seen: Sequence[Seen], tickets: str) -> Request:
    """The one that brought most: others look up whom a word names, or open a point in time.

    Of several in one request it is the first, in which they have what they came for.
    """
    searches = [one for one in seen if one.path.partition("?")[0].endswith(("_search", "_msearch"))]
    if not searches:
        raise ChildFailed(f"no search was made: {[one.path for one in seen]}")
    best = max(searches, key=lambda one: one.answer_bytes)
    path, _, options = best.path.partition("?")
    is_several = path.endswith("_msearch")
    body: dict[str, Any] = orjson.loads(best.body.splitlines()[1 if is_several else 0])
    if body.pop("pit", None) is not None or is_several:
        path = f"/{tickets}/_search"
    return Request("POST", f"{path}?{options}" if options else path, orjson.dumps(body).decode())


@asynccontextmanager
async def _recording(target: str) -> AsyncIterator[tuple[str, Recorder]]:
    recorder = Recorder(target)
    application = web.Application(client_max_size=64_000_000)
    application.router.add_route("*", "/{path:.*}", recorder.handle)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        port = free_port()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{port}", recorder
    finally:
        await runner.cleanup()
