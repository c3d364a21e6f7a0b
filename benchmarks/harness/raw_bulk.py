"""What Elasticsearch takes when documents are ready in memory and nothing else is asked of anybody."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import aiohttp
import orjson

from read_models.model import ReadModel
from runtime.settings import Settings

# The same as the projector's own requests.
CHUNK_BYTES = 8_000_000
NDJSON = {"content-type": "application/x-ndjson"}


@dataclass(frozen=True)
class Document:
    id: str
    source: bytes


@dataclass(frozen=True)
class BulkRun:
    """Documents a second until the last answer, and until all of them can be searched."""

    sent: float
    searchable: float


class RawBulk:
    def __init__(self, settings: Settings, model: ReadModel, documents: Sequence[Document]) -> None:
        self._url = settings.elasticsearch_url
        self._index = f"{settings.namespace}-raw-{model.name}"
        self._body = model.index_body()
        # Refreshing meanwhile only costs the limit time.
        self._body["settings"]["index"]["refresh_interval"] = "-1"
        self.documents = documents
        self._chunks = list(_chunks(self._index, documents))

    @property
    def bytes(self) -> int:
        return sum(len(document.source) for document in self.documents)

    async def best_connections(self, tried: Iterable[int]) -> int:
        rates = {connections: (await self.run(connections)).searchable for connections in tried}
        return max(rates, key=lambda connections: rates[connections])

    async def run(self, connections: int) -> BulkRun:
        timeout = aiohttp.ClientTimeout(total=300)
        async with aiohttp.ClientSession(self._url, timeout=timeout) as http:
            await self._drop(http)
            async with http.put(f"/{self._index}", json=self._body) as answer:
                answer.raise_for_status()
            try:
                waiting = iter(self._chunks)
                started = time.monotonic()
                await asyncio.gather(*(_send(http, waiting) for _ in range(connections)))
                sent_s = time.monotonic() - started
                async with http.post(f"/{self._index}/_refresh") as answer:
                    answer.raise_for_status()
                searchable_s = time.monotonic() - started
            finally:
                await self._drop(http)
        total = len(self.documents)
        return BulkRun(total / sent_s, total / searchable_s)

    async def _drop(self, http: aiohttp.ClientSession) -> None:
        async with http.delete(f"/{self._index}") as answer:
            if answer.status != 404:
                answer.raise_for_status()


async def _send(http: aiohttp.ClientSession, waiting: Iterator[bytes]) -> None:
    for chunk in waiting:
        async with http.post("/_bulk?filter_path=errors", data=chunk, headers=NDJSON) as answer:
            answer.raise_for_status()
            if orjson.loads(await answer.read())["errors"]:
                raise RuntimeError("raw _bulk was refused documents")


def _chunks(index: str, documents: Sequence[Document]) -> Iterator[bytes]:
    """Whole requests, made before the clock runs."""
    parts: list[bytes] = []
    size = 0
    for version, document in enumerate(documents, start=1):
        action = (
            f'{{"index":{{"_index":"{index}","_id":"{document.id}","version":{version},"version_type":"external"}}}}'
        )
        parts += (action.encode(), document.source)
        size += len(document.source) + len(action) + 2
        if size >= CHUNK_BYTES:
            yield b"\n".join([*parts, b""])
            parts, size = [], 0
    if parts:
        yield b"\n".join([*parts, b""])
