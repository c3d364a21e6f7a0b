"""Stored ticket documents -> what callers read. The shapes are described by schemas.py; a test compares the two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from read_api.context import Caller
from read_api.labels import Labels
from read_api.stores.redis import LabelKey
from read_api.tickets.visibility import sees_message
from read_api.times import utc
from read_models.tickets import NEWEST_MESSAGES

_KINDS = {"requester_id": "user", "assignee_id": "user", "group_id": "group", "organization_id": "organization"}


def ticket_item(source: Mapping[str, Any], labels: Labels, caller: Caller) -> dict[str, Any]:
    return {
        "id": source["id"],
        "number": source["number"],
        "version": source["version"],
        "subject": source["subject"],
        "status": source["status"],
        "priority": source["priority"],
        "type": source["type"],
        "requester": labels.reference("user", source["requester_id"]),
        "assignee": labels.reference("user", source["assignee_id"]),
        "group": labels.reference("group", source["group_id"]),
        "organization": labels.reference("organization", source["organization_id"]),
        "tags": source["tags"],
        "custom_fields": source["custom_fields"],
        "locale": source["locale"],
        "channel": source["channel"],
        # It counts internal notes too, so only staff may know it.
        "message_count": source["message_count"] if caller.is_staff else None,
        "created_at": utc(source["created_at"]),
        "updated_at": utc(source["updated_at"]),
        "first_response_at": utc(source["first_response_at"]),
        "solved_at": utc(source["solved_at"]),
        "sla": None,
    }


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
            if source.get(path) is not None:
                yield kind, source[path]
        for message in source.get("messages", ()):
            yield "user", message["author_id"]
