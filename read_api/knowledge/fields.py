"""What of a document can be filtered and asked for in `q`."""

from __future__ import annotations

from read_api.context import Caller
from read_api.knowledge.visibility import VISIBILITIES
from runtime.search.fields import Choice, Field, Instant, Keyword, Reference, Text

DRAFT_STATES = ("draft", "in_review", "approved", "scheduled", "archived")

_FIELDS: dict[str, Field] = {
    "title": Text(("title", "title_stemmed.*")),
    "tag": Keyword("tags"),
    "tags": Keyword("tags"),
    "locale": Keyword("locale"),
    "slug": Keyword("slug"),
    "visibility": Choice("visibility", VISIBILITIES),
    "category": Reference("category_id", "category"),
    "published": Instant("published_at"),
    "updated": Instant("updated_at"),
}
_STAFF_FIELDS: dict[str, Field] = {
    "status": Choice("status", ("published", *DRAFT_STATES)),
    "author": Reference("author_id", "user"),
}
ALL_COUNT = frozenset(("tag", "tags"))

SORTS = {"published_at": "published_at", "updated_at": "updated_at"}
# The locales of a document share its id.
TIES = ("id", "locale")
FACETS = {"locale": "locale", "category": "category_id", "tags": "tags"}
FACET_LABELS = {"category": "category"}


def fields_for(caller: Caller) -> dict[str, Field]:
    return {**_FIELDS, **_STAFF_FIELDS} if caller.is_staff else _FIELDS
