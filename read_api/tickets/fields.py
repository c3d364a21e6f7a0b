"""What of tickets is counted by, and who may ask for which field."""

from __future__ import annotations

from read_api.context import Caller
from runtime.search.fields import Field
from runtime.search.ticket_fields import FIELDS, STAFF_FIELDS

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
    return STAFF_FIELDS if caller.is_staff else FIELDS
