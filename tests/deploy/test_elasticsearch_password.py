"""The password in TIDEDESK_ELASTICSEARCH_URL is sent by every client: the embedded server would not ask for it."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator

import pytest_asyncio
from aiohttp import web

from projector.sinks.elasticsearch import open_elasticsearch
from read_api.stores.es import SearchStore

ELASTIC = "Basic " + base64.b64encode(b"elastic:s3/cret").decode()


class Listener:
    """Notes who asks."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://elastic:s3%2Fcret@127.0.0.1:{self.port}"

    async def answer(self, request: web.Request) -> web.Response:
        self.said.append(request.headers.get("Authorization", "nobody"))
        return web.json_response({"version": {"number": "8.7.1"}}, headers={"X-Elastic-Product": "Elasticsearch"})


@pytest_asyncio.fixture
async def listener() -> AsyncIterator[Listener]:
    listening, application = Listener(), web.Application()
    application.router.add_route("*", "/{path:.*}", listening.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    listening.port = runner.addresses[0][1]
    yield listening
    await runner.cleanup()


async def test_of_the_projector(listener: Listener) -> None:
    async with open_elasticsearch(listener.url) as elasticsearch:
        await elasticsearch.call("GET", "/")
    assert listener.said == [ELASTIC]


async def test_of_the_read_api(listener: Listener) -> None:
    store = SearchStore(listener.url, "tidedesk")
    try:
        await store.ping()
    finally:
        await store.close()
    assert listener.said == [ELASTIC]
