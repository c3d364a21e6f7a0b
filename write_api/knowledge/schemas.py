from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field, StrictBool

from domain.knowledge.category import MAX_POSITION
from domain.knowledge.document import MAX_BODY_LENGTH, MAX_COMMENT_LENGTH, MAX_TITLE_LENGTH
from domain.knowledge.feedback import MAX_FEEDBACK_LENGTH
from domain.knowledge.slug import MAX_SLUG_LENGTH
from domain.knowledge.translation import TranslationStatus
from domain.knowledge.visibility import MAX_GROUPS, DocumentVisibility
from domain.shared.locale import MAX_LOCALE_LENGTH
from domain.shared.tags import MAX_TAGS
from runtime.types import BigInt, Moment, PatchModel, SafeStr, StrictModel
from write_api.http.schemas import Saved

_TITLE: Any = Field(..., min_length=1, max_length=MAX_TITLE_LENGTH, example="Connect a card reader")
_BODY: Any = Field(
    ...,
    min_length=1,
    max_length=MAX_BODY_LENGTH,
    description="Markdown",
    example="1. Open **Settings > Readers**.\n2. Choose *Add reader*.",
)
_SLUG: Any = Field(
    None, max_length=MAX_SLUG_LENGTH, description="Its readable address; from the title if left out", example="pairing"
)
_TAGS: Any = Field(None, max_items=MAX_TAGS, example=["card-reader"])
_GROUPS: Any = Field(
    None, max_items=MAX_GROUPS, description="Whose agents see the document, where its visibility is groups", example=[]
)
_LOCALE: Any = Field(None, max_length=MAX_LOCALE_LENGTH, description="The default locale if left out", example="en")


class Position(BigInt):
    ge = 0
    le = MAX_POSITION


class CreateDocumentBody(StrictModel):
    title: SafeStr = _TITLE
    body: SafeStr = _BODY
    locale: SafeStr = Field(..., max_length=MAX_LOCALE_LENGTH, example="en")
    category_id: UUID | None = None
    visibility: DocumentVisibility = DocumentVisibility.PUBLIC
    group_ids: list[UUID] | None = _GROUPS
    slug: SafeStr | None = _SLUG
    tags: list[SafeStr] | None = _TAGS


class ChangeDocumentBody(PatchModel):
    """JSON Merge Patch: what is left out stays, null removes."""

    clearable = frozenset({"category_id", "group_ids", "tags"})

    slug: SafeStr | None = Field(None, max_length=MAX_SLUG_LENGTH)
    category_id: UUID | None = None
    visibility: DocumentVisibility | None = None
    group_ids: list[UUID] | None = _GROUPS
    tags: list[SafeStr] | None = _TAGS
    default_locale: SafeStr | None = Field(None, max_length=MAX_LOCALE_LENGTH)


class WriteDraftBody(StrictModel):
    title: SafeStr = _TITLE
    body: SafeStr = _BODY
    locale: SafeStr | None = _LOCALE


class StepBody(StrictModel):
    locale: SafeStr | None = _LOCALE
    comment: SafeStr | None = Field(
        None, max_length=MAX_COMMENT_LENGTH, description="Kept in the history; with reject the writer sees it"
    )


class PublishBody(StepBody):
    publish_at: Moment | None = Field(
        None, description="A later time, with its zone; now if left out", example="2031-03-01T08:00:00Z"
    )


class FeedbackBody(StrictModel):
    helpful: StrictBool = Field(..., description="Whether the article helped")
    comment: SafeStr | None = Field(
        None, max_length=MAX_FEEDBACK_LENGTH, description="What was missing, where it did not help", example=None
    )
    locale: SafeStr | None = _LOCALE


class CreateCategoryBody(StrictModel):
    names: dict[str, SafeStr] = Field(..., description="Locale -> name", example={"en": "Hardware", "de": "Geräte"})
    parent_id: UUID | None = None
    position: Position = Field(0, description="Orders the categories of one parent")


class ChangeCategoryBody(PatchModel):
    """JSON Merge Patch: what is left out stays; null removes a name, or moves the category to the top."""

    clearable = frozenset({"parent_id"})

    names: dict[str, SafeStr | None] | None = Field(None, example={"fr": "Matériel", "de": None})
    parent_id: UUID | None = None
    position: Position | None = Field(None, description="Orders the categories of one parent")


class DocumentSaved(Saved):
    slug: str = Field(..., min_length=1, max_length=MAX_SLUG_LENGTH, example="connect-a-card-reader")
    locale: str = Field(..., example="en")
    status: TranslationStatus
    revision: int = Field(..., description="The number of the newest text in this locale", example=1)
    publish_at: datetime | None = Field(None, description="When it will be published, if that is planned")
