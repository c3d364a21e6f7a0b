from __future__ import annotations

from read_models.analysis import DATE, KEYWORD, LONG, STORED_TEXT
from read_models.model import IDENTITY_FIELDS, ReadModel

# One document for each file that hangs on a message: what a download needs. `visibility` is the message's.
ATTACHMENTS = ReadModel(
    name="attachments",
    schema_version=1,
    fields={
        **IDENTITY_FIELDS,
        "ticket_id": KEYWORD,
        "message_id": KEYWORD,
        "visibility": KEYWORD,
        "file_name": STORED_TEXT,
        "media_type": KEYWORD,
        "size_bytes": LONG,
        "sha256": STORED_TEXT,
        "storage_key": STORED_TEXT,
        "created_at": DATE,
    },
)
