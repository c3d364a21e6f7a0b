from __future__ import annotations

from read_models.analysis import BOOLEAN, DATE, INTEGER, KEYWORD, STORED_ONLY
from read_models.model import IDENTITY_FIELDS, NAMES_REFRESH_MS, ReadModel

# Categories and ticket fields: small lists that are read whole. `kind` (category, ticket_field) tells them apart.
CATALOG = ReadModel(
    name="catalog",
    schema_version=1,
    longest_refresh_ms=NAMES_REFRESH_MS,
    fields={
        **IDENTITY_FIELDS,
        "kind": KEYWORD,
        "parent_id": KEYWORD,
        "position": INTEGER,
        "names": STORED_ONLY,
        "key": KEYWORD,
        "label": KEYWORD,
        "type": KEYWORD,
        "options": KEYWORD,
        "active": BOOLEAN,
        "created_at": DATE,
        "updated_at": DATE,
    },
)
