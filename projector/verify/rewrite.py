"""Puts single documents right in Elasticsearch: those that differ, and no others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from projector.locks import Pool
from projector.projections.projection import Projection
from projector.relay.claim import next_version
from projector.relay.project import read_documents, tombstone
from projector.sinks.bulk import Chunk, Fate, send_bulk
from projector.sinks.elasticsearch import STORE, Elasticsearch
from projector.verify.difference import Difference
from runtime.errors import StoreUnavailable

IDS_AT_ONCE = 500


class Rewrite:
    def __init__(self, pool: Pool, elasticsearch: Elasticsearch, projection: Projection, index: str) -> None:
        self._pool = pool
        self._elasticsearch = elasticsearch
        self._projection = projection
        self._index = index
        # Ids of the aggregates (or events) whose documents were refused.
        self.refused: set[UUID] = set()

    async def run(self, differences: Iterable[Difference]) -> None:
        wanted: dict[UUID, set[str]] = defaultdict(set)
        for difference in differences:
            wanted[difference.aggregate_id].add(difference.document_id)
        ids = sorted(wanted)
        for start in range(0, len(ids), IDS_AT_ONCE):
            await self._write(ids[start : start + IDS_AT_ONCE], wanted)

    async def _write(self, ids: list[UUID], wanted: dict[UUID, set[str]]) -> None:
        # The order of the relay: first the version, then the read, so that a later change has a higher version.
        version, chunk = await next_version(self._pool), Chunk[UUID]()
        async with self._pool.acquire() as connection, connection.transaction(readonly=True):
            async for rows in read_documents(connection, self._projection.source_sql, ids, False):
                for row in rows:
                    id_, document_id = row["aggregate_id"], row["document_id"]
                    if document_id not in wanted[id_]:
                        continue
                    source = row["source"] or tombstone(id_, row["aggregate_version"])
                    chunk.add(id_, self._index, document_id, version, source)
                    if chunk.is_full:
                        await self._send(chunk)
                        chunk = Chunk()
        await self._send(chunk)

    async def _send(self, chunk: Chunk[UUID]) -> None:
        for id_, failure in await send_bulk(self._elasticsearch, chunk):
            if failure.fate is Fate.BUSY:
                raise StoreUnavailable(STORE, failure.reason)
            self.refused.add(id_)
