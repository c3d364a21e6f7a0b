from __future__ import annotations

from read_models.analysis import (
    ANY_LENGTH,
    DATE,
    FLATTENED,
    FOLDED,
    INTEGER,
    KEYWORD,
    LONG,
    STORED_ONLY,
    TITLE,
    by_language,
)
from read_models.model import IDENTITY_FIELDS, ReadModel

# Fields that are a column of the same name in `tickets`: the projection copies them, lists and filters may use them.
COLUMNS = {
    "number": LONG,
    "subject": TITLE,
    "status": KEYWORD,
    "priority": KEYWORD,
    "type": KEYWORD,
    "requester_id": KEYWORD,
    "assignee_id": KEYWORD,
    "group_id": KEYWORD,
    "organization_id": KEYWORD,
    "tags": KEYWORD,
    "custom_fields": FLATTENED,
    "locale": KEYWORD,
    "channel": KEYWORD,
    "message_count": INTEGER,
    "created_at": DATE,
    "updated_at": DATE,
    "first_response_at": DATE,
    "solved_at": DATE,
}

# Newest messages that travel with the ticket: this many of all, and as many public ones for the portal.
NEWEST_MESSAGES = 20

# Each language field of public_text copies into public_all, of internal_text into internal_all (neither is in the
# document). A portal query names only subject, subject_stemmed, public_text and public_all.
TICKETS = ReadModel(
    name="tickets",
    schema_version=2,
    fields={
        **IDENTITY_FIELDS,
        **COLUMNS,
        "priority_rank": INTEGER,
        "messages": STORED_ONLY,
        "subject_stemmed": by_language(),
        "public_text": by_language(copy_to="public_all"),
        "public_all": FOLDED,
        "internal_text": by_language(copy_to="internal_all"),
        "internal_all": {**FOLDED, **ANY_LENGTH},
    },
    searched=("subject_stemmed", "public_text", "internal_text", "priority_rank"),
)
LIST_FIELDS = ("id", "version", *COLUMNS)
