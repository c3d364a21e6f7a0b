"""What search has to show after a number of changes: every document of theirs, as Postgres has it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import httpx

from benchmarks.harness.raw_bulk import Document
from benchmarks.harness.world import World
from projector.projections.projection import Projection
from projector.projections.registry import PROJECTIONS
from read_models.names import alias

# By read model, the rows that changed since a time.
_CHANGED = {
    "tickets": "SELECT id FROM tickets WHERE updated_at >= $1",
    "messages": "SELECT id FROM messages WHERE created_at >= $1",
    "history": "SELECT id FROM domain_events WHERE occurred_at >= $1 AND aggregate_type = 'ticket'",
}
_DIGEST = re.compile(rb'"digest" ?: ?"([0-9a-f]{32})"')
PAGE = 5_000


@dataclass(frozen=True)
class Expected:
    documents: Mapping[str, list[Document]]

    @property
    def count(self) -> int:
        return sum(len(documents) for documents in self.documents.values())

    def digests(self) -> dict[str, dict[str, str]]:
        return {
            model: {document.id: digest_of(document.source) for document in documents}
            for model, documents in self.documents.items()
        }


def digest_of(source: bytes) -> str:
    found = _DIGEST.search(source)
    if found is None:
        raise ValueError("a document without a digest")
    return found.group(1).decode()


async def documents_of(world: World, projection: Projection, query: str, *arguments: object) -> list[Document]:
    """As the projector sends them."""
    found: list[Document] = []
    async with world.pool.acquire() as connection:
        ids = [row["id"] for row in await connection.fetch(query, *arguments)]
        for start in range(0, len(ids), PAGE):
            rows = await connection.fetch(projection.source_sql, ids[start : start + PAGE], False)
            found += [Document(row["document_id"], row["source"]) for row in rows]
    return found


async def changed_since(world: World, began_at: datetime) -> Expected:
    return Expected(
        {
            model: await documents_of(world, PROJECTIONS[model], f"{query} ORDER BY id", began_at)
            for model, query in _CHANGED.items()
        }
    )


class Watch:
    """Which documents searches do not show yet as they have to be: `wanted` is model -> id -> value of the field."""

    def __init__(self, world: World, field: str, wanted: Mapping[str, Mapping[str, object]]) -> None:
        self._settings = world.settings
        self._field = field
        self.waiting = {model: dict(values) for model, values in wanted.items()}

    @property
    def missing(self) -> int:
        return sum(len(values) for values in self.waiting.values())

    async def look(self, http: httpx.AsyncClient) -> None:
        for model, values in self.waiting.items():
            waiting = list(values)
            for start in range(0, len(waiting), PAGE):
                await self._look_for(http, model, waiting[start : start + PAGE])

    async def _look_for(self, http: httpx.AsyncClient, model: str, ids: list[str]) -> None:
        answer = await http.post(
            f"{self._settings.elasticsearch_url}/{alias(self._settings.namespace, model)}/_search",
            json={
                "query": {"ids": {"values": ids}},
                "size": len(ids),
                "_source": False,
                "docvalue_fields": [self._field],
            },
        )
        answer.raise_for_status()
        values = self.waiting[model]
        for hit in answer.json()["hits"]["hits"]:
            if values[hit["_id"]] == hit["fields"][self._field][0]:
                del values[hit["_id"]]
