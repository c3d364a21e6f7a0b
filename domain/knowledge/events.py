from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.shared.events import Changes, DomainEvent


@dataclass(frozen=True, kw_only=True)
class DocumentCreated(DomainEvent):
    slug: str
    visibility: str
    group_ids: frozenset[UUID]
    locale: str
    title: str


@dataclass(frozen=True, kw_only=True)
class TranslationEvent(DomainEvent):
    """`number` is the revision that the step is about."""

    locale: str
    number: int


@dataclass(frozen=True, kw_only=True)
class DocumentDraftEdited(TranslationEvent):
    title: str
    author_id: UUID


@dataclass(frozen=True, kw_only=True)
class TranslationStep(TranslationEvent):
    comment: str = ""


@dataclass(frozen=True, kw_only=True)
class DocumentSubmitted(TranslationStep):
    pass


@dataclass(frozen=True, kw_only=True)
class DocumentApproved(TranslationStep):
    pass


@dataclass(frozen=True, kw_only=True)
class DocumentRejected(TranslationStep):
    pass


@dataclass(frozen=True, kw_only=True)
class DocumentScheduled(TranslationStep):
    publish_at: datetime


@dataclass(frozen=True, kw_only=True)
class DocumentPublished(TranslationStep):
    pass


@dataclass(frozen=True, kw_only=True)
class DocumentUnpublished(TranslationStep):
    """Taken down, or a planned publication called off."""


@dataclass(frozen=True, kw_only=True)
class DocumentArchived(TranslationStep):
    pass


@dataclass(frozen=True, kw_only=True)
class DocumentRestored(TranslationStep):
    pass


@dataclass(frozen=True, kw_only=True)
class DocumentMetadataChanged(DomainEvent):
    changes: Changes


@dataclass(frozen=True, kw_only=True)
class CategoryCreated(DomainEvent):
    names: dict[str, str]
    parent_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class CategoryChanged(DomainEvent):
    changes: Changes


@dataclass(frozen=True, kw_only=True)
class CategoryDeleted(DomainEvent):
    names: dict[str, str]
