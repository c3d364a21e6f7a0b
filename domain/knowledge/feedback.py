from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.knowledge.document import Document
from domain.knowledge.errors import DocumentNotFound, FeedbackCommentUnexpected
from domain.shared.locale import normalise_locale
from domain.shared.text import clean_text

MAX_FEEDBACK_LENGTH = 1_000


@dataclass(frozen=True)
class Vote:
    """What one reader says of a published text. Another one of the same reader takes its place."""

    document_id: UUID
    locale: str
    helpful: bool
    # What was missing; only who was not helped is asked.
    comment: str
    at: datetime


def vote_on(
    document: Document, *, helpful: bool, comment: str | None = None, locale: str | None = None, at: datetime
) -> Vote:
    """What is not published is, for readers, not there. Whether they may read it is policies.may_read_published."""
    wanted = document.default_locale if locale is None else normalise_locale(locale)
    translation = document.translations.get(wanted)
    if translation is None or translation.published is None:
        raise DocumentNotFound(document.id)
    said = clean_text(comment or "", pointer="/comment", max_length=MAX_FEEDBACK_LENGTH, blank=True)
    if said and helpful:
        raise FeedbackCommentUnexpected
    return Vote(document.id, wanted, helpful, said, at)
