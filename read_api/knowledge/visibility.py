"""What of the knowledge base a caller may see. Every path to it goes through here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from read_api.context import ADMIN, Caller
from read_api.search.text import TextFields
from runtime.problems import ProblemError
from runtime.search.fields import MATCH_NONE, Clause, any_of

VISIBILITIES = ("public", "customers", "agents", "groups")
# What a document must have for the question who sees it.
DECIDING = ("visibility", "group_ids")
TEXT = TextFields({"title": 3.0, "text_all": 1.0}, {"title_stemmed": 2.0, "text": 1.0})


def documents_seen_by(caller: Caller) -> list[Clause]:
    """Within what is published."""
    if caller.role == ADMIN:
        return []
    seen: list[Clause] = [{"terms": {"visibility": list(_whole_visibilities(caller))}}]
    if caller.is_staff and caller.group_ids:
        seen.append({"terms": {"group_ids": list(caller.group_ids)}})
    return [any_of(seen)]


def sees_document(caller: Caller, document: Mapping[str, Any]) -> bool:
    if caller.role == ADMIN or document["visibility"] in _whole_visibilities(caller):
        return True
    return caller.is_staff and not set(caller.group_ids).isdisjoint(document["group_ids"])


def refuse_all_but_staff(caller: Caller) -> None:
    if not caller.is_staff:
        raise ProblemError(
            403, "document.drafts_forbidden", "Only agents see the versions of a document, and what readers say of it."
        )


def drafts_seen_by(caller: Caller) -> list[Clause]:
    return documents_seen_by(caller) if caller.is_staff else [MATCH_NONE]


def sees_draft(caller: Caller, draft: Mapping[str, Any]) -> bool:
    return caller.is_staff and sees_document(caller, draft)


def _whole_visibilities(caller: Caller) -> tuple[str, ...]:
    """Those of which the caller sees every document."""
    if caller.is_staff:
        return ("public", "customers", "agents")
    return ("public",) if caller.is_anonymous else ("public", "customers")
