from __future__ import annotations

from read_models.analysis import DATE, FOLDED, INTEGER, KEYWORD, STORED_ONLY, STORED_TEXT
from read_models.model import IDENTITY_FIELDS, ReadModel

# Where tickets are visible is asked of the ticket; here only the message's own visibility counts.
MESSAGES = ReadModel(
    name="messages",
    schema_version=1,
    fields={
        **IDENTITY_FIELDS,
        "ticket_id": KEYWORD,
        "position": INTEGER,
        "author_id": KEYWORD,
        "visibility": KEYWORD,
        "body": FOLDED,
        # Only where there is Markdown in the body.
        "html": STORED_TEXT,
        "created_at": DATE,
        # [{id, file_name, media_type, size_bytes}]; most have none, and then not this field either.
        "attachments": STORED_ONLY,
    },
)
