from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID


class DraftState(str, Enum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    # The newest revision is the one that is up.
    PUBLISHED = "published"


class TranslationStatus(str, Enum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Action(str, Enum):
    EDIT = "edit"
    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    PUBLISH = "publish"
    UNPUBLISH = "unpublish"
    ARCHIVE = "archive"
    RESTORE = "restore"


# `unpublish` is allowed besides wherever an older revision is up.
ACTIONS: dict[TranslationStatus, tuple[Action, ...]] = {
    TranslationStatus.DRAFT: (Action.EDIT, Action.SUBMIT, Action.ARCHIVE),
    TranslationStatus.IN_REVIEW: (Action.EDIT, Action.APPROVE, Action.REJECT, Action.ARCHIVE),
    TranslationStatus.APPROVED: (Action.EDIT, Action.PUBLISH, Action.ARCHIVE),
    TranslationStatus.SCHEDULED: (Action.EDIT, Action.PUBLISH, Action.UNPUBLISH, Action.ARCHIVE),
    TranslationStatus.PUBLISHED: (Action.EDIT, Action.UNPUBLISH, Action.ARCHIVE),
    TranslationStatus.ARCHIVED: (Action.RESTORE,),
}


@dataclass(frozen=True)
class Revision:
    """One saved text. Numbers count from 1 per document and locale."""

    locale: str
    number: int
    title: str
    body: str
    author_id: UUID
    created_at: datetime


@dataclass(kw_only=True)
class Translation:
    """A document in one locale: the newest revision (`draft`) and, if any, the one that readers see (`published`)."""

    locale: str
    draft: Revision
    draft_state: DraftState = DraftState.DRAFT
    # Why the reviewer sent the draft back.
    comment: str = ""
    published: Revision | None = None
    published_at: datetime | None = None
    publish_at: datetime | None = None
    archived: bool = False
    updated_at: datetime

    @property
    def status(self) -> TranslationStatus:
        if self.archived:
            return TranslationStatus.ARCHIVED
        if self.publish_at is not None:
            return TranslationStatus.SCHEDULED
        return TranslationStatus(self.draft_state.value)

    @property
    def allowed_actions(self) -> tuple[Action, ...]:
        actions = ACTIONS[self.status]
        if self.published is not None and Action.UNPUBLISH not in actions:
            return (*actions, Action.UNPUBLISH)
        return actions

    def write(self, revision: Revision) -> None:
        self.draft = revision
        self.draft_state = DraftState.DRAFT
        self.comment = ""
        self.publish_at = None

    def publish(self, at: datetime) -> None:
        self.published = self.draft
        self.published_at = at
        self.publish_at = None
        self.draft_state = DraftState.PUBLISHED

    def take_down(self) -> None:
        """What was up becomes a draft again; a newer draft keeps its state."""
        self.published = None
        self.published_at = None
        self.publish_at = None
        if self.draft_state is DraftState.PUBLISHED:
            self.draft_state = DraftState.DRAFT
