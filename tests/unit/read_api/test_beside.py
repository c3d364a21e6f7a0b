"""A search that travels with another one."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from read_api.stores.errors import SnapshotGone
from read_api.stores.es import Beside
from tests.unit.read_api.answering import Answering

GONE = {
    "error": {"type": "search_phase_execution_exception", "reason": "search_context_missing_exception"},
    "status": 404,
}
NODE_GONE = {
    "error": {"type": "search_phase_execution_exception", "reason": "node_not_connected_exception"},
    "status": 500,
}


def part(*ids: str) -> dict[str, Any]:
    return {"timed_out": False, "_shards": {"total": 1, "failed": 0}, "hits": {"hits": [{"_id": one} for one in ids]}}


def lines(body: bytes) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in body.splitlines()]


async def test_both_are_asked_in_one_request_and_the_other_only_once() -> None:
    store, beside = Answering({"responses": [part("a"), part("p")]}, part("b")), Beside("people", {"query": 2})
    assert [hit["_id"] for hit in (await store.search_snapshot("pit", "1m", {"query": 1}, beside)).hits] == ["a"]
    assert beside.found is not None and [hit["_id"] for hit in beside.found.hits] == ["p"]
    assert [hit["_id"] for hit in (await store.search_snapshot("pit", "1m", {"query": 3}, beside)).hits] == ["b"]
    (first, content), (second, _) = store.asked
    assert (first, second) == ("/_msearch", "/_search")
    none, tickets, index, people = lines(content)
    assert none == {} and tickets["pit"] == {"id": "pit", "keep_alive": "1m"} and tickets["query"] == 1
    assert index == {"index": "desk-people"} and people["query"] == 2


async def test_a_live_search_names_its_index() -> None:
    store = Answering({"responses": [part(), part()]})
    await store.search("tickets", {"query": 1}, Beside("people", {"query": 2}))
    assert [line.get("index") for line in lines(store.asked[0][1])] == ["desk-tickets", None, "desk-people", None]


@pytest.mark.parametrize("gone", [GONE, NODE_GONE])
async def test_with_the_point_in_time_the_other_is_asked_again(gone: dict[str, Any]) -> None:
    store, beside = Answering({"responses": [gone, part("p")]}), Beside("people", {})
    with pytest.raises(SnapshotGone):
        await store.search_snapshot("pit", "1m", {}, beside)
    assert beside.found is None
