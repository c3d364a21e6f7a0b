"""What of a ticket can be filtered and asked for in `q`."""

from __future__ import annotations

from read_api.context import Caller
from read_api.search.fields import Choice, Field, Instant, Keyword, Number, Reference, Text

STATUSES = ("new", "open", "pending", "on_hold", "solved", "closed")
PRIORITIES = ("low", "normal", "high", "urgent")
TYPES = ("question", "incident", "problem", "task")
CHANNELS = ("api", "web", "email", "import")

_FIELDS: dict[str, Field] = {
    "status": Choice("status", STATUSES),
    "priority": Choice("priority", PRIORITIES, ordered=True),
    "type": Choice("type", TYPES),
    "channel": Choice("channel", CHANNELS),
    "tag": Keyword("tags"),
    "tags": Keyword("tags"),
    "locale": Keyword("locale"),
    "custom.*": Keyword("custom_fields"),
    "assignee": Reference("assignee_id", "user"),
    "requester": Reference("requester_id", "user"),
    "group": Reference("group_id", "group"),
    "organization": Reference("organization_id", "organization"),
    "number": Number("number"),
    "subject": Text(("subject", "subject_stemmed.*")),
    "created": Instant("created_at"),
    "updated": Instant("updated_at"),
    "solved": Instant("solved_at"),
}
_STAFF_FIELDS: dict[str, Field] = {"messages": Number("message_count")}
ALL_COUNT = frozenset(("tag", "tags"))

SORTS = {
    "created_at": "created_at",
    "updated_at": "updated_at",
    "priority": "priority_rank",
    "number": "number",
}
FACETS = {
    "status": "status",
    "priority": "priority",
    "type": "type",
    "tags": "tags",
    "assignee": "assignee_id",
    "group": "group_id",
    "organization": "organization_id",
}
FACET_LABELS = {"assignee": "user", "group": "group", "organization": "organization"}


def fields_for(caller: Caller) -> dict[str, Field]:
    """How many messages a ticket has counts its internal notes too."""
    return {**_FIELDS, **_STAFF_FIELDS} if caller.is_staff else _FIELDS
