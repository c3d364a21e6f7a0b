"""One index against Postgres, by ids of aggregates or events."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from projector.locks import Connection, Pool
from projector.projections.projection import Projection
from projector.sinks.elasticsearch import Elasticsearch, refusal
from projector.verify.content import DigestSum, Stored, stored_documents
from projector.verify.difference import Difference
from read_models.model import ALIAS_FILTER, SUM_FIELDS

LIST_PAGE = 10_000
GROUP_BYTES = 8_000_000
GROUP_DOCUMENTS = 1_000
TIMEOUT_S = 30.0
UUID_LENGTH = 36


@dataclass(frozen=True)
class Expected:
    aggregate_id: UUID
    aggregate_version: int
    bucket: str
    # None: there must be no document, or a tombstone.
    digest: str | None
    stored_digest: str | None
    size_bytes: int


async def expected_documents(
    connection: Connection | Pool, projection: Projection, ids: Sequence[UUID]
) -> dict[str, Expected]:
    return {
        row["document_id"]: Expected(
            row["aggregate_id"],
            row["aggregate_version"],
            row["bucket"] or "",
            row["digest"],
            row["stored_digest"],
            row["size_bytes"] or 0,
        )
        for row in await connection.fetch(projection.digest_sql, ids)
        if row["document_id"] is not None
    }


async def summed(elasticsearch: Elasticsearch, index: str, after: UUID, last_id: UUID | None) -> DigestSum:
    """What the index says it has of a range of ids, without tombstones and without listing anything."""
    search = {
        "size": 0,
        "track_total_hits": True,
        "query": in_range(after, last_id),
        "aggs": {name: {"sum": {"field": name}} for name in SUM_FIELDS},
    }
    answer = await elasticsearch.call("POST", f"/{index}/_search", search, timeout_s=TIMEOUT_S)
    high, low = (int(answer["aggregations"][name]["value"]) for name in SUM_FIELDS)
    return DigestSum(answer["hits"]["total"]["value"], high, low)


def in_range(after: UUID, last_id: UUID | None) -> dict[str, Any]:
    bounds = {"gt": str(after), **({} if last_id is None else {"lte": str(last_id)})}
    return {"bool": {"filter": [{"range": {"id": bounds}}, ALIAS_FILTER]}}


async def listed_digests(
    elasticsearch: Elasticsearch, index: str, key: Sequence[str], after: UUID, last_id: UUID | None
) -> AsyncIterator[dict[str, str]]:
    """Pages of document id -> the digest that the index says it has, without tombstones.

    Sorted by the fields that make up the id.
    """
    search: dict[str, Any] = {
        "size": LIST_PAGE,
        # Not even the _id: it lies beside the source, and reading that costs four times the rest.
        "stored_fields": "_none_",
        "track_total_hits": False,
        "docvalue_fields": ["digest"],
        "query": in_range(after, last_id),
        "sort": [{name: "asc"} for name in key],
    }
    while True:
        answer = await elasticsearch.call("POST", f"/{index}/_search", search, timeout_s=TIMEOUT_S)
        hits = answer["hits"]["hits"]
        yield {":".join(hit["sort"]): hit.get("fields", {}).get("digest", [""])[0] for hit in hits}
        if len(hits) < LIST_PAGE:
            return
        search["search_after"] = hits[-1]["sort"]


async def stored_by_id(elasticsearch: Elasticsearch, index: str, sizes: Iterable[tuple[str, int]]) -> dict[str, Stored]:
    """By `_mget`, which needs no refresh, in requests of bounded size."""
    found: dict[str, Stored] = {}
    for group in _groups(sizes):
        status, answer = await elasticsearch.send(
            "POST", f"/{index}/_mget", orjson.dumps({"ids": group}), timeout_s=TIMEOUT_S
        )
        if status != 200:
            raise refusal(status, answer)
        found.update(stored_documents(answer))
    return found


def _groups(sizes: Iterable[tuple[str, int]]) -> Iterable[list[str]]:
    group: list[str] = []
    size_bytes = 0
    for document_id, document_bytes in sizes:
        if group and (len(group) == GROUP_DOCUMENTS or size_bytes + document_bytes > GROUP_BYTES):
            yield group
            group, size_bytes = [], 0
        group.append(document_id)
        size_bytes += document_bytes
    if group:
        yield group


def aggregate_of(document_id: str) -> UUID:
    """The nil id where a document is called in a way that the projector calls none."""
    try:
        return UUID(document_id[:UUID_LENGTH])
    except ValueError:
        return UUID(int=0)


def compare(projection: Projection, expected: dict[str, Expected], stored: dict[str, Stored]) -> list[Difference]:
    differences = []
    for document_id in expected.keys() | stored.keys():
        want = expected[document_id].digest if document_id in expected else None
        have = stored[document_id].digest if document_id in stored else None
        if want != have:
            kind = "extra" if want is None else "missing" if have is None else "different"
            aggregate_id = expected[document_id].aggregate_id if document_id in expected else aggregate_of(document_id)
            version = stored[document_id].version if document_id in stored else 0
            differences.append(Difference("elasticsearch", projection.name, kind, document_id, aggregate_id, version))
    return differences


async def differences_of(
    connection: Connection | Pool,
    elasticsearch: Elasticsearch,
    projection: Projection,
    index: str,
    ids: Sequence[UUID],
    also: Iterable[str] = (),
) -> list[Difference]:
    """By content, for these aggregates (or events) and whatever other documents the index holds of them."""
    expected = await expected_documents(connection, projection, ids)
    sizes = {document_id: 1_000 for document_id in also} | {
        document_id: want.size_bytes for document_id, want in expected.items()
    }
    return compare(projection, expected, await stored_by_id(elasticsearch, index, sizes.items()))
