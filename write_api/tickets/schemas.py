from typing import Any
from uuid import UUID

from pydantic import Field, StrictBool, StrictStr

from domain.tickets.custom_fields import FieldType
from domain.tickets.messages import MAX_BODY_LENGTH, Visibility
from domain.tickets.priority import TicketPriority, TicketType
from domain.tickets.status import TicketStatus
from domain.tickets.ticket import MAX_SUBJECT_LENGTH
from write_api.http.schemas import Created, RequestBody, Saved

_SUBJECT: Any = Field(..., min_length=1, max_length=MAX_SUBJECT_LENGTH, example="The printer on floor 3 prints stripes")
_BODY: Any = Field(..., min_length=1, max_length=MAX_BODY_LENGTH, example="Since this morning every page has stripes.")
_TAGS: Any = Field(None, max_items=64, example=["printer", "floor-3"])
_CUSTOM_FIELDS: Any = Field(None, description="Key of a ticket field -> value", example={"floor": 3})


class OpenTicketBody(RequestBody):
    subject: StrictStr = _SUBJECT
    body: StrictStr = _BODY
    requester_id: UUID | None = Field(None, description="Who needs help; the caller if left out")
    organization_id: UUID | None = Field(None, description="The requester's organization if left out")
    group_id: UUID | None = None
    assignee_id: UUID | None = None
    priority: TicketPriority | None = Field(None, description="normal if left out")
    type: TicketType | None = None
    tags: list[StrictStr] | None = _TAGS
    custom_fields: dict[str, Any] | None = _CUSTOM_FIELDS
    locale: StrictStr | None = Field(None, max_length=35, example="en")


class ChangeTicketBody(RequestBody):
    """JSON Merge Patch: what is left out stays, null removes."""

    subject: StrictStr | None = Field(None, min_length=1, max_length=MAX_SUBJECT_LENGTH)
    priority: TicketPriority | None = None
    type: TicketType | None = None
    tags: list[StrictStr] | None = _TAGS
    group_id: UUID | None = None
    assignee_id: UUID | None = None
    custom_fields: dict[str, Any] | None = _CUSTOM_FIELDS


class AddMessageBody(RequestBody):
    body: StrictStr = _BODY
    visibility: Visibility
    attachment_ids: list[UUID] | None = Field(None, max_items=32)


class ChangeStatusBody(RequestBody):
    status: TicketStatus


class CreateTicketFieldBody(RequestBody):
    key: StrictStr = Field(..., min_length=1, max_length=64, regex="^[a-z][a-z0-9_]*$", example="floor")
    label: StrictStr = Field(..., min_length=1, max_length=200, example="Floor")
    type: FieldType
    options: list[StrictStr] | None = Field(None, max_items=200, description="What a choice offers")


class ChangeTicketFieldBody(RequestBody):
    label: StrictStr | None = Field(None, min_length=1, max_length=200)
    options: list[StrictStr] | None = Field(None, max_items=200)
    active: StrictBool | None = None


class TicketOpened(Created):
    number: int = Field(..., example=1042)


class MessageAdded(Created):
    """`id` is the message's, `version` its ticket's."""

    ticket_id: UUID
    position: int = Field(..., description="The place in the thread, from 1", example=2)


class TicketSaved(Saved):
    number: int = Field(..., example=1042)


class TicketStatusSaved(TicketSaved):
    status: TicketStatus


class TicketFieldSaved(Saved):
    key: str = Field(..., example="floor")
