"""What one worker, or one test, has to itself: a database and a namespace in Redis and Elasticsearch."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from elasticsearch import AsyncElasticsearch
from redis.asyncio import Redis

from runtime.settings import Settings
from stack.postgres import APP_ROLE
from tests.support.addresses import StoreAddresses
from tests.support.database import temporary_database
from write_api.persistence.database import create_pool
from write_api.persistence.unit_of_work import Pool

# Random, long enough for HS256, and worthless outside the tests.
TOKEN_SECRET = secrets.token_urlsafe(48)
CURSOR_SECRET = secrets.token_urlsafe(48)


@dataclass(frozen=True)
class World:
    """The settings are those of the processes, which have the rights of their role only; `pool` may do everything."""

    settings: Settings
    pool: Pool
    redis: Redis
    elasticsearch: AsyncElasticsearch

    @property
    def namespace(self) -> str:
        namespace: str = self.settings.namespace
        return namespace


def as_app(database_url: str) -> str:
    """As the processes sign in; with their rights only where somebody's password is in the address."""
    url = urlsplit(database_url)
    if url.password:
        return f"{database_url}?role={APP_ROLE}"
    return urlunsplit(url._replace(netloc=f"{APP_ROLE}@{url.netloc.rpartition('@')[2]}"))


def test_settings(addresses: StoreAddresses, database_url: str, namespace: str, **changes: Any) -> Settings:
    values: dict[str, Any] = {
        "environment": "test",
        "database_url": database_url,
        "redis_url": addresses.redis_url,
        "elasticsearch_url": addresses.elasticsearch_url,
        "namespace": namespace,
        "token_secret": TOKEN_SECRET,
        "cursor_secret": CURSOR_SECRET,
        # The smallest cost bcrypt knows: the tests hash many passwords.
        "bcrypt_rounds": 4,
        "log_level": "WARNING",
        # A busy machine may keep a server from its turn for a second or two.
        "redis_timeout_ms": 5_000,
    }
    return Settings(**{**values, **changes})


@asynccontextmanager
async def open_world(
    addresses: StoreAddresses, template: str, *, tidy: bool = True, **changes: Any
) -> AsyncIterator[World]:
    """Not `tidy`: the stores end with the world, or before it."""
    name = f"test{secrets.token_hex(5)}"
    files = tempfile.TemporaryDirectory(prefix="tidedesk-test-")
    async with temporary_database(addresses, f"tidedesk_{name}", template, drop=tidy) as database_url:
        settings = test_settings(addresses, as_app(database_url), name, **{"attachment_folder": files.name, **changes})
        redis = Redis.from_url(addresses.redis_url)
        elasticsearch = AsyncElasticsearch(addresses.elasticsearch_url, request_timeout=30)
        pool = await create_pool(database_url, application_name="tests", max_size=8)
        try:
            yield World(settings, pool, redis, elasticsearch)
        finally:
            files.cleanup()
            await pool.close()
            if tidy:
                await _remove_namespace(redis, elasticsearch, name)
            await redis.aclose()
            await elasticsearch.close()


async def _remove_namespace(redis: Redis, elasticsearch: AsyncElasticsearch, namespace: str) -> None:
    keys = [key async for key in redis.scan_iter(match=f"{namespace}:*", count=1000)]
    if keys:
        await redis.unlink(*keys)
    indices = await elasticsearch.indices.get(index=f"{namespace}-*", features="settings", allow_no_indices=True)
    if indices:
        await elasticsearch.indices.delete(index=",".join(indices))
