from __future__ import annotations

from read_models.analysis import DATE, KEYWORD, STORED_ONLY
from read_models.model import IDENTITY_FIELDS, NAMES_REFRESH_MS, ReadModel

# Saved filters of the ticket list. `shared_with` (me, group, everybody) and `group_id` say who sees them.
VIEWS = ReadModel(
    name="views",
    schema_version=1,
    longest_refresh_ms=NAMES_REFRESH_MS,
    fields={
        **IDENTITY_FIELDS,
        "owner_id": KEYWORD,
        "name": KEYWORD,
        "query": STORED_ONLY,
        "sort": KEYWORD,
        "shared_with": KEYWORD,
        "group_id": KEYWORD,
        "created_at": DATE,
        "updated_at": DATE,
    },
)
