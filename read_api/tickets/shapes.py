"""Stored ticket documents -> what callers read. The shapes are described by schemas.py; a test compares the two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Any

from read_api.context import Caller
from read_api.labels import Labels
from read_api.stores.redis import LabelKey
from read_api.tickets.visibility import sees_message
from read_api.times import utc
from read_models.analysis import DATE
from read_models.tickets import COLUMNS, LIST_FIELDS, NEWEST_MESSAGES
from runtime.plain_html import plain_html

_KINDS = {"requester_id": "user", "assignee_id": "user", "group_id": "group", "organization_id": "organization"}


# As they are stored: every other field of the read model is shown without a line here.
_MOMENTS = tuple(name for name, mapping in COLUMNS.items() if mapping == DATE)
_AS_STORED = tuple(name for name in LIST_FIELDS if name not in {*_KINDS, *_MOMENTS, "message_count"})


_stored = itemgetter(*_AS_STORED)
_NAMED = tuple((path.removesuffix("_id"), path, kind) for path, kind in _KINDS.items())


def ticket_item(source: Mapping[str, Any], labels: Labels, caller: Caller) -> dict[str, Any]:
    item = dict(zip(_AS_STORED, _stored(source), strict=True))
    for name, path, kind in _NAMED:
        item[name] = labels.reference(kind, source[path])
    # It counts internal notes too, so only staff may know it.
    item["message_count"] = source["message_count"] if caller.is_staff else None
    for name in _MOMENTS:
        item[name] = utc(source[name])
    item["sla"] = None
    return item


def ticket_detail(source: Mapping[str, Any], labels: Labels, caller: Caller) -> dict[str, Any]:
    seen = [message for message in source["messages"] if sees_message(caller, message)]
    newest = sorted(seen, key=lambda message: int(message["position"]))[-NEWEST_MESSAGES:]
    return {
        **ticket_item(source, labels, caller),
        "messages": [message_item(message, labels) for message in newest],
    }


def message_item(source: Mapping[str, Any], labels: Labels) -> dict[str, Any]:
    return {
        "id": source["id"],
        "author": labels.reference("user", source["author_id"]),
        "visibility": source["visibility"],
        "body": source["body"],
        "html": source.get("html") or plain_html(source["body"]),
        "attachments": source.get("attachments", []),
        "created_at": utc(source["created_at"]),
    }


def history_item(source: Mapping[str, Any], labels: Labels) -> dict[str, Any]:
    return {
        "id": source["id"],
        "version": source["version"],
        "type": source["type"],
        "actor": labels.reference("user", source["actor_id"]),
        "data": source["data"],
        "occurred_at": utc(source["occurred_at"]),
    }


def mentioned(sources: Iterable[Mapping[str, Any]]) -> Iterator[LabelKey]:
    """Whom tickets and their messages mention."""
    for source in sources:
        for path, kind in _KINDS.items():
            mentioned_id = source.get(path)
            if mentioned_id is not None:
                yield kind, mentioned_id
        for message in source.get("messages", ()):
            yield "user", message["author_id"]
