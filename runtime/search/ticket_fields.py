"""What of a ticket can be filtered, asked for in `q` and sorted by."""

from __future__ import annotations

from runtime.search.fields import Choice, Field, Instant, Keyword, Number, Reference, Text

STATUSES = ("new", "open", "pending", "on_hold", "solved", "closed")
PRIORITIES = ("low", "normal", "high", "urgent")
TYPES = ("question", "incident", "problem", "task")
CHANNELS = ("api", "web", "email", "import")

FIELDS: dict[str, Field] = {
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
# How many messages a ticket has counts its internal notes too.
STAFF_FIELDS: dict[str, Field] = {**FIELDS, "messages": Number("message_count")}
ALL_COUNT = frozenset(("tag", "tags"))

SORTS = {
    "created_at": "created_at",
    "updated_at": "updated_at",
    "priority": "priority_rank",
    "number": "number",
}
