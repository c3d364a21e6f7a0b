"""Stored people -> what callers read. The shapes are described by schemas.py; a test compares the two."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from read_api.labels import Labels
from read_api.stores.redis import LabelKey
from read_api.times import utc

Source = Mapping[str, Any]
Shape = Callable[[Source, Labels], dict[str, Any]]


def user_item(source: Source, labels: Labels) -> dict[str, Any]:
    return {
        **_head(source),
        "email": source["email"],
        "role": source["role"],
        # An index made by an earlier release has none until it is rebuilt.
        "ticket_access": source.get("ticket_access", "all"),
        "active": source["active"],
        "locale": source["locale"],
        "organization": labels.reference("organization", source["organization_id"]),
        "groups": [labels.reference("group", group_id) for group_id in source["group_ids"]],
        **_times(source),
    }


def group_item(source: Source, _: Labels) -> dict[str, Any]:
    return {**_head(source), "description": source["description"], **_times(source)}


def organization_item(source: Source, _: Labels) -> dict[str, Any]:
    return {
        **_head(source),
        "domains": source["domains"],
        "shares_tickets": source["shares_tickets"],
        **_times(source),
    }


SHAPES: dict[str, Shape] = {"user": user_item, "group": group_item, "organization": organization_item}


def mentioned(sources: Iterable[Source]) -> Iterator[LabelKey]:
    for source in sources:
        if source.get("organization_id") is not None:
            yield "organization", source["organization_id"]
        for group_id in source.get("group_ids", ()):
            yield "group", group_id


def _head(source: Source) -> dict[str, Any]:
    return {name: source[name] for name in ("id", "version", "name")}


def _times(source: Source) -> dict[str, Any]:
    return {name: utc(source[name]) for name in ("created_at", "updated_at")}
