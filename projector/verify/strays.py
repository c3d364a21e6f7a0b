"""Documents that nobody would find by their ids: put there past the projector, without an id or with another's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from projector.locks import Pool
from projector.relay.claim import next_version
from projector.sinks.elasticsearch import Elasticsearch
from read_models.model import ALIAS_FILTER

PAGE = 10_000
KEEP_ALIVE = "1m"
TIMEOUT_S = 30.0


async def count_documents(elasticsearch: Elasticsearch, index: str) -> int:
    answer = await elasticsearch.call("POST", f"/{index}/_count", {"query": ALIAS_FILTER})
    count: int = answer["count"]
    return count


async def stray_ids(elasticsearch: Elasticsearch, index: str, key: Sequence[str]) -> list[str]:
    """Goes through the whole index."""
    opened = await elasticsearch.call("POST", f"/{index}/_pit?keep_alive={KEEP_ALIVE}")
    search: dict[str, Any] = {
        "size": PAGE,
        "_source": False,
        "track_total_hits": False,
        "docvalue_fields": list(key),
        "query": ALIAS_FILTER,
        "pit": {"id": opened["id"], "keep_alive": KEEP_ALIVE},
        "sort": ["_shard_doc"],
    }
    strays: list[str] = []
    try:
        while True:
            answer = await elasticsearch.call("POST", "/_search", search, timeout_s=TIMEOUT_S)
            hits = answer["hits"]["hits"]
            strays += [hit["_id"] for hit in hits if hit["_id"] != _id_by_key(hit.get("fields", {}), key)]
            if len(hits) < PAGE:
                return strays
            search["search_after"] = hits[-1]["sort"]
    finally:
        await elasticsearch.call("DELETE", "/_pit", {"id": opened["id"]}, missing_ok=True)


def _id_by_key(fields: dict[str, list[str]], key: Sequence[str]) -> str:
    return ":".join(fields.get(name, [""])[0] for name in key)


async def remove(pool: Pool, elasticsearch: Elasticsearch, index: str, document_id: str) -> None:
    """A document of nothing in Postgres, so that no projection would ever replace it."""
    version = await next_version(pool)
    path = f"/{index}/_doc/{quote(document_id, safe='')}?version={version}&version_type=external"
    await elasticsearch.call("DELETE", path, missing_ok=True)
