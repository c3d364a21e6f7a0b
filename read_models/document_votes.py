from __future__ import annotations

from read_models.analysis import BOOLEAN, DATE, KEYWORD, STORED_TEXT
from read_models.model import IDENTITY_FIELDS, ReadModel

# One document per vote on an article. Whose it is nobody can read from its id.
DOCUMENT_VOTES = ReadModel(
    name="document_votes",
    schema_version=1,
    fields={
        **IDENTITY_FIELDS,
        "document_id": KEYWORD,
        "locale": KEYWORD,
        "helpful": BOOLEAN,
        # Whether there is a comment, which itself is only shown.
        "commented": BOOLEAN,
        "comment": STORED_TEXT,
        "created_at": DATE,
        "updated_at": DATE,
    },
)
