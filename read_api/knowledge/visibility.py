"""What of the knowledge base a caller may see. Every path to it goes through here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from read_api.context import Caller
from read_api.search.fields import MATCH_NONE, Clause
from read_api.search.text import TextFields

VISIBILITIES = ("public", "customers", "agents")
TEXT = TextFields({"title": 3.0, "text_all": 1.0}, {"title_stemmed": 2.0, "text": 1.0})


def visibilities_of(caller: Caller) -> tuple[str, ...]:
    if caller.is_staff:
        return VISIBILITIES
    return ("public",) if caller.is_anonymous else ("public", "customers")


def documents_seen_by(caller: Caller) -> list[Clause]:
    """Within what is published."""
    return [] if caller.is_staff else [{"terms": {"visibility": list(visibilities_of(caller))}}]


def sees_document(caller: Caller, document: Mapping[str, Any]) -> bool:
    return caller.is_staff or document["visibility"] in visibilities_of(caller)


def drafts_seen_by(caller: Caller) -> list[Clause]:
    return [] if caller.is_staff else [MATCH_NONE]
