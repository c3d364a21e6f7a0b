"""The projector's client of several nodes, each a server that counts what it is asked."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from aiohttp import web

from projector.sinks.elasticsearch import Elasticsearch, open_elasticsearch
from runtime.errors import StoreUnavailable


class Node:
    def __init__(self, status: int = 200, *, hangs_up: bool = False) -> None:
        self.status = status
        self.hangs_up = hangs_up
        self.asked = 0
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.hangs_up:
            assert request.transport is not None
            request.transport.close()
        return web.json_response({"node": self.url}, status=self.status)


@asynccontextmanager
async def running(*nodes: Node) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        for node in nodes:
            application = web.Application()
            application.router.add_route("*", "/{path:.*}", node.answer)
            runner = web.AppRunner(application)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            host, port = runner.addresses[0][:2]
            node.url = f"http://{host}:{port}"
        yield


def nobody() -> str:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{unused.getsockname()[1]}"


async def ask(elasticsearch: Elasticsearch, times: int = 1) -> None:
    for _ in range(times):
        await elasticsearch.call("GET", "/")


async def test_nodes_share_the_work() -> None:
    one, two = Node(), Node()
    async with running(one, two), open_elasticsearch(f"{one.url},{two.url}") as elasticsearch:
        await ask(elasticsearch, 6)
    assert (one.asked, two.asked) == (3, 3)


async def test_a_node_that_is_gone_is_passed_over_without_a_failure() -> None:
    two = Node()
    async with running(two), open_elasticsearch(f"{nobody()},{two.url}") as elasticsearch:
        await ask(elasticsearch, 6)
    assert two.asked == 6


async def test_what_a_node_may_have_done_is_not_asked_of_another() -> None:
    one, two = Node(hangs_up=True), Node()
    async with running(one, two), open_elasticsearch(f"{one.url},{two.url}") as elasticsearch:
        with pytest.raises(StoreUnavailable):
            await elasticsearch.call("POST", "/_bulk", {})
        assert two.asked == 0
        await ask(elasticsearch, 4)
    assert (one.asked, two.asked) == (1, 4)


@pytest.mark.parametrize(("status", "asked_again"), [(503, 0), (429, 2)])
async def test_a_node_that_can_do_nothing_rests_and_one_that_is_busy_does_not(status: int, asked_again: int) -> None:
    one, two = Node(status), Node(status)
    async with running(one, two), open_elasticsearch(f"{one.url},{two.url}") as elasticsearch:
        with pytest.raises(StoreUnavailable, match=str(status)):
            await ask(elasticsearch)
        two.status = 200
        for _ in range(4):
            try:
                await ask(elasticsearch)
            except StoreUnavailable:
                continue
    assert one.asked == 1 + asked_again


async def test_without_any_node_it_is_said_which() -> None:
    one, two = nobody(), nobody()
    async with open_elasticsearch(f"{one},{two}") as elasticsearch:
        with pytest.raises(StoreUnavailable, match=two.rpartition(":")[2]):
            await ask(elasticsearch)
