from __future__ import annotations

import re
import unicodedata
from uuid import UUID

from domain.knowledge.errors import SlugInvalid, SlugReserved

MAX_SLUG_LENGTH = 200
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32}")
# Addresses below /v1/documents/ that something else has: a document with such a slug could not be read by it.
RESERVED = frozenset({"export"})
# Letters that do not decompose into a base letter and an accent.
_SPELLED_OUT = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


def slugify(title: str) -> str:
    """Lower-case ASCII words joined by hyphens. Empty where the title has no Latin letter or digit."""
    decomposed = unicodedata.normalize("NFKD", title.casefold().translate(_SPELLED_OUT))
    base = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    slug = _NOT_SLUG.sub("-", base.casefold()).strip("-")
    if len(slug) > MAX_SLUG_LENGTH:
        whole_words = slug[: MAX_SLUG_LENGTH + 1].rpartition("-")[0]
        slug = whole_words or slug[:MAX_SLUG_LENGTH]
    return f"document-{slug}" if _UUID.fullmatch(slug) or slug in RESERVED else slug


def slug_for(title: str, document_id: UUID) -> str:
    return slugify(title) or f"document-{document_id.hex[-12:]}"


def numbered_slug(slug: str, number: int) -> str:
    """The next candidate when the store already has `slug`."""
    suffix = f"-{number}"
    return slug[: MAX_SLUG_LENGTH - len(suffix)].rstrip("-") + suffix


def clean_slug(value: object) -> str:
    if isinstance(value, str) and len(value) <= MAX_SLUG_LENGTH and _SLUG.fullmatch(value):
        if value in RESERVED:
            raise SlugReserved(value)
        # An address holds an id or a slug, so a slug must not look like an id.
        if not _UUID.fullmatch(value):
            return value
    raise SlugInvalid(
        f"A slug is 1 to {MAX_SLUG_LENGTH} lower-case letters a-z, digits and single hyphens between them, "
        "and does not look like an id. Change it, or leave it out to have one made from the title.",
        pointer="/slug",
    )
