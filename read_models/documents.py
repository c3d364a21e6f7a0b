from __future__ import annotations

from read_models.analysis import DATE, FOLDED, INTEGER, KEYWORD, STORED_ONLY, STORED_TEXT, TITLE, by_language
from read_models.model import IDENTITY_FIELDS, ReadModel


def document_id(aggregate_id: str, locale: str) -> str:
    """Published documents and drafts are one per document and locale."""
    return f"{aggregate_id}:{locale}"


# `id` is the knowledge document's; several locales share it.
_SHARED = {
    **IDENTITY_FIELDS,
    "slug": KEYWORD,
    "locale": KEYWORD,
    "default_locale": KEYWORD,
    "title": TITLE,
    "body": STORED_TEXT,
    "html": STORED_TEXT,
    "status": KEYWORD,
    "visibility": KEYWORD,
    "group_ids": KEYWORD,
    "category_id": KEYWORD,
    "tags": KEYWORD,
    "revision": INTEGER,
    "author_id": KEYWORD,
    "published_at": DATE,
    "updated_at": DATE,
    "title_stemmed": by_language(),
    "text": by_language(copy_to="text_all"),
    "text_all": FOLDED,
}
_SEARCHED = ("title_stemmed", "text")

_KEY = ("id", "locale")

DOCUMENTS = ReadModel(name="documents", schema_version=3, fields=_SHARED, searched=_SEARCHED, key=_KEY)
DOCUMENT_DRAFTS = ReadModel(
    name="document_drafts",
    schema_version=3,
    fields={
        **_SHARED,
        "publish_at": DATE,
        "comment": STORED_TEXT,
        "created_at": DATE,
        # [{number, title, author_id, created_at, published}] newest first, without the bodies.
        "revisions": STORED_ONLY,
    },
    searched=_SEARCHED,
    key=_KEY,
)
LIST_FIELDS = tuple(name for name in _SHARED if name not in (*_SEARCHED, "text_all", "body", "html"))
