"""What subscribers are told: which resource changed, how, and what decides who may know of it. Never its content.

One entry of the stream `Keys.events` is one aggregate in one batch of the projector. It may come twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson

# About so many: with each some 300 bytes in Redis, and about a kilobyte in every process that hands them on.
EVENTS_KEPT = 10_000

Resource = Literal["ticket", "document"]
# shown: whoever may see it finds it. draft: a document of which nothing is published. gone: deleted.
State = Literal["shown", "draft", "gone"]
PUBLIC, INTERNAL = "public", "internal"

TICKET_DECIDING = ("requester_id", "assignee_id", "group_id", "organization_id")

# Events of which only staff hears. That a message was added the message itself says, with its visibility.
UNTOLD = frozenset(
    (
        "MessageAdded",
        "DocumentCreated",
        "DocumentDraftEdited",
        "DocumentSubmitted",
        "DocumentApproved",
        "DocumentRejected",
        "DocumentScheduled",
    )
)


@dataclass(frozen=True)
class Change:
    resource: Resource
    id: str
    version: int
    state: State
    # public: for whoever sees the resource; internal: of these only for staff.
    audience: str
    # New messages of a ticket: id and visibility.
    messages: tuple[tuple[str, str], ...] = ()
    # What the visibility of the resource asks for; None where nobody can say any more.
    deciding: Mapping[str, Any] | None = None


def change_text(
    resource: str, id_: str, version: int, state: State, audience: str, messages: Iterable[tuple[str, str]]
) -> bytes:
    return orjson.dumps([resource, id_, version, state, audience, list(messages)])


def parse_change(fields: Mapping[bytes, bytes]) -> Change:
    resource, id_, version, state, audience, messages = orjson.loads(fields[b"change"])
    deciding = orjson.loads(fields[b"deciding"]) if fields[b"deciding"] else None
    if resource == "ticket" and state == "gone":
        deciding = {**dict.fromkeys(TICKET_DECIDING), **(deciding or {}), **_of_bucket(fields[b"before"].decode())}
    told = tuple((message_id, visibility) for message_id, visibility in messages)
    return Change(resource, id_, version, state, audience, told, deciding)


def _of_bucket(bucket: str) -> dict[str, str | None]:
    """Whose a deleted ticket was, as the counters knew it (`status,assignee,group`)."""
    if not bucket:
        return {}
    _, assignee, group = bucket.split(",")
    return {"assignee_id": _id(assignee), "group_id": _id(group)}


def _id(text: str) -> str | None:
    return None if text == "none" else text
