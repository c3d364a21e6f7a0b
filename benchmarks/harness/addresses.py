from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import httpx
from redis.asyncio import Redis


@dataclass(frozen=True)
class Addresses:
    """The three stores that are measured."""

    database_url: str
    redis_url: str
    elasticsearch_url: str

    def database(self, name: str) -> str:
        return urlunsplit(urlsplit(self.database_url)._replace(path=f"/{name}"))

    async def versions(self) -> dict[str, str]:
        connection = await asyncpg.connect(self.database_url)
        try:
            postgres = str(await connection.fetchval("SHOW server_version"))
        finally:
            await connection.close()
        async with Redis.from_url(self.redis_url) as redis:
            redis_facts = await redis.info("server")
        async with httpx.AsyncClient(trust_env=False) as client:
            elasticsearch = (await client.get(self.elasticsearch_url)).json()["version"]["number"]
        return {"postgres": postgres, "redis": str(redis_facts["redis_version"]), "elasticsearch": elasticsearch}
