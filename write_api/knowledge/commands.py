from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class CreateDocument:
    title: str
    body: str
    locale: str
    category_id: UUID | None = None
    visibility: str = "public"
    group_ids: tuple[UUID, ...] = ()
    # None: made from the title.
    slug: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChangeDocument:
    document_id: UUID
    changes: Mapping[str, object]


@dataclass(frozen=True)
class WriteDraft:
    document_id: UUID
    title: str
    body: str
    locale: str | None = None


@dataclass(frozen=True)
class DocumentStep:
    document_id: UUID
    # None: the document's default locale.
    locale: str | None = None
    comment: str = ""


class SubmitDocument(DocumentStep):
    pass


class ApproveDocument(DocumentStep):
    pass


class RejectDocument(DocumentStep):
    pass


@dataclass(frozen=True)
class PublishDocument(DocumentStep):
    # None: now.
    publish_at: datetime | None = None


class UnpublishDocument(DocumentStep):
    pass


class ArchiveDocument(DocumentStep):
    pass


class RestoreDocument(DocumentStep):
    pass


@dataclass(frozen=True)
class GiveFeedback:
    document_id: UUID
    helpful: bool
    # From where; of a stranger it stands for the person.
    network: str
    comment: str | None = None
    # None: the document's default locale.
    locale: str | None = None


@dataclass(frozen=True)
class CreateCategory:
    # By locale.
    names: Mapping[str, str]
    parent_id: UUID | None = None
    position: int = 0


@dataclass(frozen=True)
class ChangeCategory:
    category_id: UUID
    changes: Mapping[str, object]


@dataclass(frozen=True)
class DeleteCategory:
    category_id: UUID
