"""Somebody else who writes to Elasticsearch, more than its queue takes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import orjson

from runtime.tasks import cancel_all

INDEX = "noise"
CLIENTS = 6
DOCUMENTS = 200
ACTIONS = b"".join(
    b'{"index":{}}\n' + orjson.dumps({"text": f"noise {number} " * 20}) + b"\n" for number in range(DOCUMENTS)
)


class BulkNoise:
    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.refused = 0

    async def make(self) -> None:
        while True:
            answer = await self._client.post(
                f"/{INDEX}/_bulk", content=ACTIONS, headers={"content-type": "application/x-ndjson"}
            )
            self.refused += b"es_rejected_execution_exception" in answer.content

    async def were_refused(self, count: int) -> bool:
        return self.refused >= count


@asynccontextmanager
async def bulk_noise(url: str) -> AsyncIterator[BulkNoise]:
    async with httpx.AsyncClient(base_url=url, timeout=60.0) as client:
        settings = {"settings": {"number_of_shards": 2, "number_of_replicas": 0}}
        (await client.put(f"/{INDEX}", json=settings)).raise_for_status()
        noise = BulkNoise(client)
        tasks = [asyncio.create_task(noise.make()) for _ in range(CLIENTS)]
        try:
            yield noise
        finally:
            await cancel_all(tasks)
            await client.delete(f"/{INDEX}")
