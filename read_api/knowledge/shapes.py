"""Stored documents -> what callers read. The shapes are described by schemas.py; a test compares the two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from read_api.context import Caller
from read_api.labels import Labels
from read_api.stores.redis import LabelKey
from read_api.times import utc


def document_item(source: Mapping[str, Any], labels: Labels, caller: Caller) -> dict[str, Any]:
    return {
        "id": source["id"],
        "version": source["version"],
        "slug": source["slug"],
        "locale": source["locale"],
        "default_locale": source["default_locale"],
        "title": source["title"],
        "status": source["status"],
        "visibility": source["visibility"],
        "groups": [labels.reference("group", group_id) for group_id in _group_ids(source)],
        "category": labels.reference("category", source["category_id"]),
        "tags": source["tags"],
        "revision": source["revision"],
        # Who writes is nobody's business outside.
        "author": labels.reference("user", source["author_id"]) if caller.is_staff else None,
        "published_at": utc(source["published_at"]),
        "updated_at": utc(source["updated_at"]),
        # Only what agents work on has these.
        "publish_at": utc(source.get("publish_at")),
        "comment": source.get("comment"),
    }


def document_detail(source: Mapping[str, Any], labels: Labels, caller: Caller) -> dict[str, Any]:
    return {**document_item(source, labels, caller), "body": source["body"], "html": source["html"]}


def version_item(revision: Mapping[str, Any], locale: str, labels: Labels) -> dict[str, Any]:
    return {
        "locale": locale,
        "number": revision["number"],
        "title": revision["title"],
        "author": labels.reference("user", revision["author_id"]),
        "created_at": utc(revision["created_at"]),
        "published": revision["published"],
    }


def ticket_field_item(source: Mapping[str, Any]) -> dict[str, Any]:
    names = ("id", "version", "key", "label", "type", "options", "active")
    times = {name: utc(source[name]) for name in ("created_at", "updated_at")}
    return {**{name: source[name] for name in names}, **times}


def mentioned(sources: Iterable[Mapping[str, Any]], caller: Caller) -> Iterator[LabelKey]:
    for source in sources:
        if source["category_id"] is not None:
            yield "category", source["category_id"]
        for group_id in _group_ids(source):
            yield "group", group_id
        if caller.is_staff:
            yield "user", source["author_id"]


def _group_ids(source: Mapping[str, Any]) -> Sequence[str]:
    # An index made by an earlier release has none until it is rebuilt.
    group_ids: Sequence[str] = source.get("group_ids", ())
    return group_ids
