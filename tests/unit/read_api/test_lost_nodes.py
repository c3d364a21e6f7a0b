"""A point in time ends with the node that kept it; whoever pages goes on in a new one."""

from __future__ import annotations

from typing import Any

import pytest

from read_api.stores.errors import SnapshotGone
from read_api.stores.es import _failure
from runtime.errors import StoreUnavailable
from tests.unit.read_api.answering import Answering

ALL_FAILED = {
    "type": "search_phase_execution_exception",
    "reason": "all shards failed",
    "failed_shards": [{"shard": 0, "reason": {"type": "no_shard_available_action_exception", "reason": None}}],
}
# Before the cluster has noticed, Elasticsearch 8.7 calls the same 500.
NOT_NOTICED = {
    "type": "search_phase_execution_exception",
    "reason": "all shards failed",
    "failed_shards": [{"shard": 0, "reason": {"type": "node_not_connected_exception", "reason": "Node not connected"}}],
}


def part(kind: str) -> dict[str, Any]:
    shards = {"total": 2, "failed": 1, "failures": [{"shard": 1, "reason": {"type": kind, "reason": "x"}}]}
    return {"timed_out": False, "_shards": shards, "hits": {"hits": []}}


@pytest.mark.parametrize(
    "answer",
    [_failure(503, {"error": ALL_FAILED}), _failure(500, {"error": NOT_NOTICED}), part("node_disconnected_exception")],
    ids=["all", "not noticed", "a part"],
)
async def test_a_snapshot_on_a_node_that_is_gone_is_gone(answer: dict[str, Any] | Exception) -> None:
    with pytest.raises(SnapshotGone):
        await Answering(answer).search_snapshot("pit", "1m", {})


async def test_what_has_another_reason_is_said_as_it_is() -> None:
    found = await Answering(part("circuit_breaking_exception")).search_snapshot("pit", "1m", {})
    assert not found.complete
    with pytest.raises(StoreUnavailable) as refused:
        await Answering(_failure(503, {"error": {"type": "cluster_block_exception"}})).search_snapshot("pit", "1m", {})
    assert not isinstance(refused.value, SnapshotGone)
