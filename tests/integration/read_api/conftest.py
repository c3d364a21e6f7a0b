from __future__ import annotations

import secrets
import tempfile
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import httpx
import pytest_asyncio
from elasticsearch import AsyncElasticsearch
from redis.asyncio import Redis
from starlette.types import ASGIApp

from read_api.bootstrap import create_app
from runtime.settings import Settings
from runtime.tokens import AccessTokens
from tests.integration.read_api.admission import session_of
from tests.integration.read_api.shelf import Shelf
from tests.support.addresses import StoreAddresses
from tests.support.asgi import client_for, running
from tests.support.world import test_settings


@dataclass(frozen=True)
class Library:
    """A query API over a shelf of its own."""

    shelf: Shelf
    app: ASGIApp
    settings: Settings

    def as_(self, user: Mapping[str, Any] | None, **headers: str) -> httpx.AsyncClient:
        return client_for(self.app, {**(self.bearer(user) if user else {}), **headers})

    def bearer(self, user: Mapping[str, Any], session_id: uuid.UUID | None = None) -> dict[str, str]:
        token, _ = AccessTokens(self.settings).issue(
            uuid.UUID(user["id"]), user["role"], session_id or session_of(user), datetime.now(timezone.utc)
        )
        return {"Authorization": f"Bearer {token}"}

    async def get(self, user: Mapping[str, Any] | None, path: str, **params: Any) -> Any:
        """The body of an answer that must be 200."""
        answer = await self.answer(user, path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def answer(self, user: Mapping[str, Any] | None, path: str, **params: Any) -> httpx.Response:
        headers = params.pop("headers", {})
        async with self.as_(user, **headers) as client:
            # Even empty ones would replace those in the path.
            return await client.get(path, params=params or None)


@pytest_asyncio.fixture(scope="session")
async def library(store_addresses: StoreAddresses) -> AsyncIterator[Library]:
    async with open_library(store_addresses) as opened:
        yield opened


@pytest_asyncio.fixture
async def own_library(store_addresses: StoreAddresses) -> AsyncIterator[Library]:
    """For tests that count everything, or break something."""
    async with open_library(store_addresses) as opened:
        yield opened


@asynccontextmanager
async def open_library(addresses: StoreAddresses, **changes: Any) -> AsyncIterator[Library]:
    namespace = f"test{secrets.token_hex(5)}"
    files = tempfile.TemporaryDirectory(prefix="tidedesk-test-")
    changes = {"attachment_folder": files.name, **changes}
    settings = test_settings(addresses, addresses.database_url, namespace, **changes)
    redis = Redis.from_url(addresses.redis_url)
    elasticsearch = AsyncElasticsearch(addresses.elasticsearch_url, request_timeout=30)
    shelf = Shelf(elasticsearch, redis, namespace)
    try:
        await shelf.open()
        async with running(create_app(settings)) as app:
            yield Library(shelf, app, settings)
    finally:
        files.cleanup()
        keys = [key async for key in redis.scan_iter(match=f"{namespace}:*", count=1000)]
        if keys:
            await redis.unlink(*keys)
        indices = await elasticsearch.indices.get(index=f"{namespace}-*", features="settings", allow_no_indices=True)
        await elasticsearch.indices.delete(index=",".join(indices))
        await redis.aclose()
        await elasticsearch.close()


@pytest_asyncio.fixture(scope="session")
async def agent(library: Library) -> dict[str, Any]:
    return await library.shelf.user("agent", name="Agnes Agent", email="agnes@example.org")


@pytest_asyncio.fixture(scope="session")
async def customer(library: Library) -> dict[str, Any]:
    return await library.shelf.user("customer", name="Carla Customer", email="carla@example.org")


@pytest_asyncio.fixture(scope="session")
async def other_customer(library: Library) -> dict[str, Any]:
    return await library.shelf.user("customer", name="Otto Other", email="otto@example.org")
