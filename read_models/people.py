from __future__ import annotations

from read_models.analysis import BOOLEAN, DATE, KEYWORD, STORED_TEXT, TITLE
from read_models.model import IDENTITY_FIELDS, NAMES_REFRESH_MS, ReadModel

# Users, groups and organizations: what a picker offers and what a query means when it names somebody.
PEOPLE = ReadModel(
    name="people",
    schema_version=2,
    longest_refresh_ms=NAMES_REFRESH_MS,
    fields={
        **IDENTITY_FIELDS,
        "kind": KEYWORD,
        "name": TITLE,
        "email": {**KEYWORD, "fields": {"words": {"type": "text", "analyzer": "folded"}}},
        "role": KEYWORD,
        "ticket_access": KEYWORD,
        "organization_id": KEYWORD,
        "group_ids": KEYWORD,
        "locale": KEYWORD,
        "active": BOOLEAN,
        "domains": KEYWORD,
        "shares_tickets": BOOLEAN,
        "description": STORED_TEXT,
        "created_at": DATE,
        "updated_at": DATE,
    },
)
