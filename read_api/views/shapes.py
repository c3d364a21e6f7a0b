"""Stored views -> what callers read. The shape is described by schemas.py; a test compares the two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from read_api.context import Caller
from read_api.labels import Labels
from read_api.stores.redis import LabelKey
from read_api.times import utc
from read_api.views.visibility import may_change


def view_item(source: Mapping[str, Any], labels: Labels, caller: Caller) -> dict[str, Any]:
    return {
        "id": source["id"],
        "version": source["version"],
        "name": source["name"],
        "query": source["query"],
        "sort": source["sort"],
        "shared_with": source["shared_with"],
        "group": labels.reference("group", source["group_id"]),
        "owner": labels.reference("user", source["owner_id"]),
        "changeable": may_change(caller, source),
        "created_at": utc(source["created_at"]),
        "updated_at": utc(source["updated_at"]),
    }


def mentioned(sources: Iterable[Mapping[str, Any]]) -> Iterator[LabelKey]:
    for source in sources:
        yield "user", source["owner_id"]
        if source["group_id"] is not None:
            yield "group", source["group_id"]
