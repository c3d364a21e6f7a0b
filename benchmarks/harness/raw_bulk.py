"""What Elasticsearch takes when documents are ready in memory and nothing else is asked of anybody."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

from read_models.model import ReadModel
from read_models.names import alias
from runtime.settings import Settings

# The same as the projector's own requests.
CHUNK_BYTES = 8_000_000
# Above every version that the projector has drawn, so that each document is written.
FIRST_VERSION = 10**15
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
    """Into empty indices, or `onto_live` into copies of those that serve: to replace a document costs more than to add
    one, as its predecessor has to be found and deleted."""

    def __init__(
        self,
        settings: Settings,
        sources: Sequence[tuple[ReadModel, Sequence[Document]]],
        *,
        onto_live: bool = False,
    ) -> None:
        self._url = settings.elasticsearch_url
        self._namespace = settings.namespace
        self._onto_live = onto_live
        self._indices = {f"{settings.namespace}-raw-{model.name}": model for model, _ in sources}
        self.count = sum(len(documents) for _, documents in sources)
        self.bytes = sum(len(document.source) for _, documents in sources for document in documents)
        pairs = zip(self._indices, sources, strict=True)
        self._chunks = list(_chunks([(index, document) for index, (_, documents) in pairs for document in documents]))

    async def best_connections(self, tried: Iterable[int]) -> int:
        rates = {connections: (await self.run(connections)).searchable for connections in tried}
        return max(rates, key=lambda connections: rates[connections])

    async def run(self, connections: int) -> BulkRun:
        timeout = aiohttp.ClientTimeout(total=300)
        async with aiohttp.ClientSession(self._url, timeout=timeout) as http:
            await self._drop(http)
            for index, model in self._indices.items():
                if self._onto_live:
                    await self._clone(http, alias(self._namespace, model.name), index)
                else:
                    await _ask(http, "PUT", f"/{index}", {**model.index_body(), "settings": _unrefreshed(model)})
            try:
                waiting = iter(self._chunks)
                started = time.monotonic()
                await asyncio.gather(*(_send(http, waiting) for _ in range(connections)))
                sent_s = time.monotonic() - started
                await _ask(http, "POST", f"/{','.join(self._indices)}/_refresh")
                searchable_s = time.monotonic() - started
            finally:
                await self._drop(http)
        return BulkRun(self.count / sent_s, self.count / searchable_s)

    async def _clone(self, http: aiohttp.ClientSession, source: str, target: str) -> None:
        await _ask(http, "PUT", f"/{source}/_settings", {"index.blocks.write": True})
        try:
            settings = {"index.blocks.write": None, "index.refresh_interval": "-1"}
            # Answers once the copy is there; its segments are links to those of its source.
            await _ask(http, "POST", f"/{await _index_of(http, source)}/_clone/{target}", {"settings": settings})
        finally:
            await _ask(http, "PUT", f"/{source}/_settings", {"index.blocks.write": None})

    async def _drop(self, http: aiohttp.ClientSession) -> None:
        for index in self._indices:
            async with http.delete(f"/{index}") as answer:
                if answer.status != 404:
                    answer.raise_for_status()


def _unrefreshed(model: ReadModel) -> dict[str, Any]:
    """Refreshing meanwhile would only cost the limit time."""
    settings: dict[str, Any] = model.index_body()["settings"]
    return {**settings, "index": {**settings["index"], "refresh_interval": "-1"}}


async def _index_of(http: aiohttp.ClientSession, alias_name: str) -> str:
    async with http.get(f"/_alias/{alias_name}") as answer:
        answer.raise_for_status()
        (index,) = await answer.json()
        return str(index)


async def _ask(http: aiohttp.ClientSession, method: str, path: str, body: dict[str, Any] | None = None) -> None:
    async with http.request(method, path, json=body) as answer:
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {await answer.text()}")


async def _send(http: aiohttp.ClientSession, waiting: Iterator[bytes]) -> None:
    for chunk in waiting:
        async with http.post("/_bulk?filter_path=errors", data=io.BytesIO(chunk), headers=NDJSON) as answer:
            answer.raise_for_status()
            if orjson.loads(await answer.read())["errors"]:
                raise RuntimeError("raw _bulk was refused documents")


def _chunks(documents: Iterable[tuple[str, Document]]) -> Iterator[bytes]:
    """Whole requests, made before the clock runs."""
    parts: list[bytes] = []
    size = 0
    for version, (index, document) in enumerate(documents, start=FIRST_VERSION):
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
