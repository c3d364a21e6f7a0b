"""An address of several hosts: who is gone or silent is passed over, and only a primary is taken."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest

from runtime.errors import StoreUnavailable
from tests.support.addresses import StoreAddresses
from tests.support.database import run_alembic
from write_api.persistence.database import create_pool
from write_api.persistence.hosts import HOST_TIMEOUT_S, Hosts, NoPrimary


def with_hosts(database_url: str, *hosts: str) -> str:
    """An empty one stands for the host of the address."""
    address = urlsplit(database_url)
    who, at, here = address.netloc.rpartition("@")
    return address._replace(netloc=f"{who}{at}{','.join(host or here for host in hosts)}").geturl()


def nobody() -> str:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{unused.getsockname()[1]}"


@asynccontextmanager
async def silent() -> AsyncIterator[tuple[str, list[int]]]:
    """A host that takes connections and says nothing, as one that hangs; and when it was asked."""
    asked: list[int] = []
    over = asyncio.Event()

    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(len(asked))
        await over.wait()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
    finally:
        over.set()
        server.close()
        await server.wait_closed()


async def test_who_hangs_is_asked_once_and_then_comes_last(store_addresses: StoreAddresses) -> None:
    async with silent() as (host, asked):
        hosts = Hosts(with_hosts(store_addresses.database_url, host, ""))
        started = time.monotonic()
        for _ in range(3):
            connection = await hosts.connect(timeout=60.0)
            assert await connection.fetchval("SELECT NOT pg_is_in_recovery()")
            await connection.close()
        assert HOST_TIMEOUT_S <= time.monotonic() - started < 3 * HOST_TIMEOUT_S
        assert len(asked) == 1


async def test_a_pool_finds_the_host_that_is_there(store_addresses: StoreAddresses) -> None:
    url = with_hosts(store_addresses.database_url, nobody(), "")
    pool = await create_pool(url, application_name="tests", min_size=2, max_size=2)
    try:
        assert await pool.fetchval("SELECT 1") == 1
    finally:
        await pool.close()


async def test_without_a_primary_each_host_is_named(store_addresses: StoreAddresses) -> None:
    one, two = nobody(), nobody()
    url = with_hosts(store_addresses.database_url, one, two)
    with pytest.raises(NoPrimary, match=f"{one}.*{two}"):
        await Hosts(url).connect()
    with pytest.raises(StoreUnavailable):
        await create_pool(url, application_name="tests")


async def test_an_address_that_says_what_it_wants_gets_just_that(store_addresses: StoreAddresses) -> None:
    standby = f"{store_addresses.database_url}?target_session_attrs=standby"
    with pytest.raises(NoPrimary, match="standby"):
        await Hosts(standby).connect()


async def test_migrations_know_several_hosts(store_addresses: StoreAddresses) -> None:
    url = with_hosts(store_addresses.database_url, nobody(), "")
    assert "Traceback" not in await run_alembic(url, "current")
