from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool

from domain.shared.tags import MAX_TAG_LENGTH, MAX_TAGS
from domain.tickets.custom_fields import FieldType
from domain.tickets.messages import MAX_ATTACHMENTS, MAX_BODY_LENGTH, Visibility
from domain.tickets.priority import TicketPriority, TicketType
from domain.tickets.status import TicketStatus
from domain.tickets.ticket import MAX_SUBJECT_LENGTH
from runtime.presence import Activity
from runtime.types import PatchModel, SafeStr, StrictModel
from write_api.http.schemas import Saved


class Tag(SafeStr):
    min_length = 1
    max_length = MAX_TAG_LENGTH


class Option(SafeStr):
    min_length = 1
    max_length = 255


_BODY: Any = Field(..., min_length=1, max_length=MAX_BODY_LENGTH, example="Since this morning every page has stripes.")
_TAGS: Any = Field(None, max_items=MAX_TAGS, example=["printer", "floor-3"])
_ATTACHMENT_IDS: Any = Field(
    None, max_items=MAX_ATTACHMENTS, description="Own uploads that hang on no message yet, see POST /v1/attachments"
)
_CUSTOM_FIELDS: Any = Field(None, description="Key of a ticket field -> its value", example={})


class OpenTicketBody(StrictModel):
    subject: SafeStr = Field(..., min_length=1, max_length=MAX_SUBJECT_LENGTH, example="The printer prints stripes")
    body: SafeStr = _BODY
    requester_id: UUID | None = Field(None, description="Who needs help; the caller if left out")
    organization_id: UUID | None = Field(None, description="The requester's organization if left out")
    group_id: UUID | None = None
    assignee_id: UUID | None = None
    priority: TicketPriority | None = Field(None, description="normal if left out", example="high")
    type: TicketType | None = None
    tags: list[Tag] | None = _TAGS
    custom_fields: dict[str, Any] | None = _CUSTOM_FIELDS
    locale: SafeStr | None = Field(None, max_length=35, description="Language of the text", example="en")
    attachment_ids: list[UUID] | None = _ATTACHMENT_IDS


class ChangeTicketBody(PatchModel):
    """JSON Merge Patch: what is left out stays as it is, null removes."""

    clearable = frozenset({"type", "tags", "group_id", "assignee_id", "custom_fields"})

    subject: SafeStr | None = Field(None, min_length=1, max_length=MAX_SUBJECT_LENGTH)
    priority: TicketPriority | None = None
    type: TicketType | None = None
    tags: list[Tag] | None = _TAGS
    group_id: UUID | None = None
    assignee_id: UUID | None = None
    custom_fields: dict[str, Any] | None = _CUSTOM_FIELDS


class AddMessageBody(StrictModel):
    body: SafeStr = _BODY
    visibility: Visibility = Field(..., example="public")
    attachment_ids: list[UUID] | None = _ATTACHMENT_IDS


class ChangeStatusBody(StrictModel):
    status: TicketStatus = Field(..., example="solved")


class ShowPresenceBody(StrictModel):
    activity: Activity = Field(..., description="typing lasts for 10 s, being there for 30 s", example="typing")


class CreateTicketFieldBody(StrictModel):
    key: SafeStr = Field(..., min_length=1, max_length=64, example="floor")
    label: SafeStr = Field(..., min_length=1, max_length=200, example="Floor")
    type: FieldType = Field(..., example="number")
    options: list[Option] | None = Field(None, max_items=200, description="What a choice offers")


class ChangeTicketFieldBody(PatchModel):
    label: SafeStr | None = Field(None, min_length=1, max_length=200, example="Storey")
    options: list[Option] | None = Field(None, max_items=200)
    active: StrictBool | None = None


class TicketOpened(Saved):
    number: int = Field(..., example=1042)


class MessageAdded(Saved):
    """`id` is the message's, `version` is its ticket's."""

    ticket_id: UUID
    position: int = Field(..., description="The place in the thread, from 1", example=2)


class TicketChanged(Saved):
    number: int = Field(..., example=1042)


class TicketStatusChanged(TicketChanged):
    status: TicketStatus


class TicketFieldSaved(Saved):
    key: str = Field(..., example="floor")


class AttachmentUploaded(BaseModel):
    id: UUID = Field(..., description="Goes into the attachment_ids of one message, within a day")
    file_name: str = Field(..., description="Cleaned, and with an extension that fits", example="stripes.png")
    media_type: str = Field(..., description="As found by its content", example="image/png")
    size_bytes: int = Field(..., ge=1, example=48_213)
    sha256: str = Field(..., description="Of its bytes, in hexadecimal", min_length=64, max_length=64)
