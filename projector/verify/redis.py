"""What Redis holds against Postgres: guards, labels, cached documents. Counters are in counters.py."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable, Sequence
from typing import Any, cast
from uuid import UUID

import orjson

from projector.locks import Pool
from projector.projections.projection import Projection
from projector.projections.registry import BUCKETS, PROJECTIONS_BY_AGGREGATE, REDIS_COPIES
from projector.sinks.redis import RedisSink, within
from projector.verify.difference import Difference
from projector.verify.elasticsearch import expected_documents
from projector.verify.versions import drawn_version
from read_models.guard import Guard
from write_api.persistence.enqueue import AGGREGATE_TABLES

STORE = "redis"
RANGE = 1_000
BEGINNING = f"rows:{UUID(int=0)}"

# Version and bucket that the guard of each aggregate must name.
Wanted = dict[UUID, tuple[int, str]]


class RedisCheck:
    def __init__(self, pool: Pool, sink: RedisSink, aggregate_type: str) -> None:
        self._pool = pool
        self._sink = sink
        self._keys = sink.keys
        self._type = aggregate_type
        self._copy = REDIS_COPIES[aggregate_type]
        self._projections = [p for p in PROJECTIONS_BY_AGGREGATE[aggregate_type] if not p.by_event]
        self._table = AGGREGATE_TABLES[aggregate_type]

    async def run(self) -> AsyncIterator[tuple[int, list[Difference]]]:
        """Range by range: how many aggregates were looked at, and what differs; at last what nobody knows any more."""
        place: str | None = BEGINNING
        while place is not None:
            place, checked, differences = await self.part(place)
            yield checked, differences

    async def part(self, place: str) -> tuple[str | None, int, list[Difference]]:
        """Where to go on, how many aggregates were looked at, and what differs."""
        what, position = place.split(":", 1)
        if what == "rows":
            return await self._range(UUID(position))
        hash_key = self._keys.applied(self._type) if what == "applied" else self._keys.labels(self._type)
        scanning = self._sink.redis.hscan(hash_key, int(position), count=RANGE)
        cursor, entries = await within(cast("Awaitable[tuple[int, dict[bytes, Any]]]", scanning))
        differences = await self.compare(await self._unknown([UUID(name.decode()) for name in entries]))
        following = "labels:0" if what == "applied" else None
        return f"{what}:{cursor}" if cursor else following, 0, differences

    async def _range(self, after: UUID) -> tuple[str, int, list[Difference]]:
        wanted = await self._wanted_guards("t.id > $1 ORDER BY t.id LIMIT $2", after, RANGE)
        ids = list(wanted)
        place = f"rows:{ids[-1]}" if len(ids) == RANGE else "applied:0"
        return place, len(ids), await self._compare(ids, wanted)

    async def compare(self, ids: Sequence[UUID]) -> list[Difference]:
        return await self._compare(ids, await self._wanted_guards("t.id = ANY ($1::uuid[])", ids)) if ids else []

    async def _compare(self, ids: Sequence[UUID], wanted: Wanted) -> list[Difference]:
        if not ids:
            return []
        names = [str(id_) for id_ in ids]
        guards = await self._sink.hash_values(self._keys.applied(self._type), names)
        # Each of them was drawn before it was put there.
        drawn = await drawn_version(self._pool)
        differences = self._compare_guards(ids, guards, wanted, drawn)
        if self._copy == "label":
            return differences + await self._compare_labels(ids, names, wanted)
        return differences + await self._compare_documents(ids)

    async def _wanted_guards(self, condition: str, *arguments: Any) -> Wanted:
        rows = await self._pool.fetch(
            f"SELECT t.id, t.version, {BUCKETS.get(self._type, repr(''))} AS bucket FROM {self._table} AS t"
            f" WHERE {condition}",
            *arguments,
        )
        return {row["id"]: (row["version"], row["bucket"]) for row in rows}

    def _compare_guards(
        self, ids: Sequence[UUID], guards: list[bytes | None], wanted: Wanted, drawn: int
    ) -> list[Difference]:
        differences = []
        for id_, value in zip(ids, guards):
            guard = None if value is None else Guard.parse(value)
            want = wanted.get(id_)
            if want is None:
                # The guard of a deleted aggregate stays, and counts nothing.
                kind = "extra" if guard is not None and guard.bucket else None
            elif guard is None:
                kind = "missing"
            else:
                # At a version that nobody drew it would refuse every change.
                is_right = (guard.aggregate_version, guard.bucket) == want and guard.projection_version <= drawn
                kind = None if is_right else "different"
            if kind is not None:
                version = 0 if guard is None else guard.projection_version
                differences.append(self._difference("guards", kind, str(id_), id_, version))
        return differences

    async def _compare_labels(self, ids: Sequence[UUID], names: list[str], wanted: Wanted) -> list[Difference]:
        labels = await self._sink.hash_values(self._keys.labels(self._type), names)
        expected = await expected_documents(self._pool, self._projections[0], ids)
        return [
            self._difference("labels", kind, name, id_)
            for id_, name, label in zip(ids, names, labels)
            if (kind := _kind(expected[name].stored_digest if id_ in wanted else None, label))
        ]

    async def _compare_documents(self, ids: Sequence[UUID]) -> list[Difference]:
        """Documents by id may be missing: they come back when somebody asks."""
        differences = []
        for projection in self._projections:
            expected = await expected_documents(self._pool, projection, ids) if len(self._projections) > 1 else {}
            document_ids = list(expected) or [str(id_) for id_ in ids]
            keys = [self._keys.document(projection.name, document_id) for document_id in document_ids]
            bodies = await within(self._sink.redis.mget(keys))
            cached = {document_id: body for document_id, body in zip(document_ids, bodies) if body}
            if not expected and cached:
                present = [id_ for id_ in ids if str(id_) in cached]
                expected = await expected_documents(self._pool, projection, present)
            suspects = {
                document_id: kind
                for document_id, body in cached.items()
                if (kind := _kind(expected[document_id].stored_digest, body))
            }
            alike = await self._alike(projection, [expected[name].aggregate_id for name in suspects], cached)
            differences += [
                self._difference(projection.name, kind, document_id, expected[document_id].aggregate_id)
                for document_id, kind in suspects.items()
                if document_id not in alike
            ]
        return differences

    async def _alike(self, projection: Projection, ids: list[UUID], cached: dict[str, bytes]) -> set[str]:
        """Documents that say the same in other bytes: a miss is refilled from Elasticsearch, which spaces JSON anew."""
        if not ids:
            return set()
        rows = await self._pool.fetch(projection.source_sql, ids, True)
        return {
            row["document_id"]
            for row in rows
            if row["stored"] is not None
            and (body := cached.get(row["document_id"])) is not None
            and orjson.loads(body) == orjson.loads(row["stored"])
        }

    async def _unknown(self, ids: list[UUID]) -> list[UUID]:
        rows = await self._pool.fetch(
            f"SELECT id FROM unnest($1::uuid[]) AS held (id) EXCEPT SELECT id FROM {self._table}", ids
        )
        return [row["id"] for row in rows]

    def _difference(self, what: str, kind: str, document_id: str, id_: UUID, version: int = 0) -> Difference:
        return Difference(STORE, what, kind, document_id, id_, version, self._type)


def _kind(stored_digest: str | None, value: bytes | None) -> str | None:
    if stored_digest is None:
        return None if value is None else "extra"
    if value is None:
        return "missing"
    have = hashlib.md5(value, usedforsecurity=False).hexdigest()
    return None if have == stored_digest else "different"
