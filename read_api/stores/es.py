"""Elasticsearch as the read side uses it: search, multi search, GET, point in time, refresh. Answers stay raw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import orjson
from elastic_transport import (
    AsyncTransport,
    ConnectionError,
    ConnectionTimeout,
    OrjsonSerializer,
    TransportError,
)
from elastic_transport.client_utils import url_to_node_config

from read_api.stores.errors import STORE, SnapshotGone
from read_models import names
from runtime.elasticsearch_nodes import LOST_NODE, is_unavailable, node_addresses
from runtime.errors import StoreUnavailable

# What a search may take inside Elasticsearch before it answers with what it has (`complete: false`).
SEARCH_TIMEOUT = "5s"

_JSON = "application/json"
_HEADERS = {"content-type": _JSON, "accept": _JSON}


@dataclass(frozen=True)
class Found:
    hits: list[dict[str, Any]]
    total: dict[str, Any] = field(default_factory=lambda: {"value": 0, "relation": "eq"})
    aggregations: dict[str, Any] = field(default_factory=dict)
    # False: a shard failed or time ran out, so documents may be missing.
    complete: bool = True
    pit_id: str | None = None


@dataclass
class Beside:
    """A search of another read model that travels with one; `found` once that was answered."""

    model: str
    body: Mapping[str, Any]
    found: Found | None = None


@dataclass(frozen=True)
class Stored:
    source: dict[str, Any]
    # The projection version under which it was written.
    version: int


class SearchStore:
    def __init__(self, url: str, namespace: str, connections: int = 10, timeout_s: float = 10) -> None:
        """`url` may name several nodes of one cluster, separated by commas."""
        nodes = [url_to_node_config(one).replace(connections_per_node=connections) for one in node_addresses(url)]
        self._transport = AsyncTransport(
            nodes,
            serializers={_JSON: OrjsonSerializer()},
            # What is asked here may be asked twice, and each node may be the one that is there.
            max_retries=max(1, len(nodes) - 1),
            retry_on_status=(),
            meta_header=False,
        )
        self._namespace = namespace
        self._timeout_s = timeout_s

    async def close(self) -> None:
        await self._transport.close()

    async def search(self, model: str, body: Mapping[str, Any], beside: Beside | None = None) -> Found:
        return _found(await self._search(self._alias(model), body, beside))

    async def search_snapshot(
        self, pit_id: str, keep_alive: str, body: Mapping[str, Any], beside: Beside | None = None
    ) -> Found:
        """A search of a point in time. Its id may change: the answer carries the one to use next."""
        pit = {"id": pit_id, "keep_alive": keep_alive}
        answer = await self._search(None, {**body, "pit": pit}, beside)
        if failures := answer["_shards"].get("failures"):
            reason = orjson.dumps(failures).decode()
            if _is_gone(reason):
                raise SnapshotGone(reason[:500])
        return _found(answer)

    async def multi_search(self, searches: Sequence[tuple[str, Mapping[str, Any]]]) -> list[Found]:
        answers = await self._searches([(self._alias(model), body) for model, body in searches])
        return [_found(answer) for answer in answers]

    async def _search(self, index: str | None, body: Mapping[str, Any], beside: Beside | None) -> Mapping[str, Any]:
        """`index`: None where the body names a point in time."""
        if beside is not None and beside.found is None:
            answer, other = await self._searches([(index, body), (self._alias(beside.model), beside.body)])
            beside.found = _found(other)
            return answer
        path = "/_search" if index is None else f"/{index}/_search"
        return await self._call("POST", path, {"timeout": SEARCH_TIMEOUT, **body})

    async def _searches(self, searches: Sequence[tuple[str | None, Mapping[str, Any]]]) -> list[Mapping[str, Any]]:
        lines: list[bytes] = []
        for index, body in searches:
            place = {} if index is None else {"index": index}
            lines += [orjson.dumps(place), orjson.dumps({"timeout": SEARCH_TIMEOUT, **body})]
        answer = await self._call("POST", "/_msearch", b"\n".join([*lines, b""]))
        parts: list[Mapping[str, Any]] = answer["responses"]
        failed = next((part for part in parts if "error" in part), None)
        if failed is not None:
            raise _failure(failed["status"], failed)
        return parts

    async def get(self, model: str, document_id: str, excludes: Sequence[str] = ()) -> Stored | None:
        """One document as it is now, without waiting for a refresh. Tombstones count as not there."""
        path = f"/{self._alias(model)}/_doc/{quote(document_id, safe='')}"
        if excludes:
            path += f"?_source_excludes={','.join(excludes)}"
        answer = await self._call("GET", path, None, missing_ok=True)
        if not answer.get("found") or answer["_source"].get("deleted"):
            return None
        return Stored(answer["_source"], answer["_version"])

    async def open_snapshot(self, model: str, keep_alive: str) -> str:
        answer = await self._call("POST", f"/{self._alias(model)}/_pit?keep_alive={keep_alive}", None)
        pit_id: str = answer["id"]
        return pit_id

    async def close_snapshot(self, pit_id: str) -> None:
        await self._call("DELETE", "/_pit", {"id": pit_id}, missing_ok=True)

    async def refresh(self, model: str) -> None:
        await self._call("POST", f"/{self._alias(model)}/_refresh", None)

    async def ping(self) -> None:
        await self._call("GET", "/_cluster/health?timeout=1s", None)

    def _alias(self, model: str) -> str:
        """Several models, joined by commas, are searched together."""
        return ",".join(names.alias(self._namespace, name) for name in model.split(","))

    async def _call(self, method: str, path: str, body: object, *, missing_ok: bool = False) -> dict[str, Any]:
        content = orjson.dumps(body) if body is not None and not isinstance(body, bytes) else body
        try:
            meta, answer = await self._transport.perform_request(
                method, path, body=content, headers=_HEADERS, request_timeout=self._timeout_s
            )
        except (ConnectionError, ConnectionTimeout, TransportError) as failure:
            raise StoreUnavailable(STORE, str(failure)) from failure
        if meta.status >= 300 and not (missing_ok and meta.status == 404 and "error" not in answer):
            raise _failure(meta.status, answer)
        return dict(answer)


def _failure(status: int, answer: Any) -> Exception:
    error = answer.get("error") if isinstance(answer, Mapping) else answer
    text = orjson.dumps(error).decode()
    reason = f"{status} {text[:500]}"
    if _is_gone(text):
        return SnapshotGone(reason)
    if is_unavailable(status) or "index_not_found_exception" in text:
        return StoreUnavailable(STORE, reason)
    return RuntimeError(f"Elasticsearch refused a request of ours: {reason}")


def _is_gone(reason: str) -> bool:
    """A point in time is kept by one copy of each shard; what ends with its node is not asked of another."""
    return "search_context_missing_exception" in reason or any(kind in reason for kind in LOST_NODE)


def _found(answer: Mapping[str, Any]) -> Found:
    hits = answer["hits"]
    return Found(
        hits=hits["hits"],
        total=hits.get("total", {"value": len(hits["hits"]), "relation": "gte"}),
        aggregations=answer.get("aggregations", {}),
        complete=not answer["timed_out"] and answer["_shards"]["failed"] == 0,
        pit_id=answer.get("pit_id"),
    )
