"""What the routes answer, for the OpenAPI document. A test compares real answers with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Optional

from pydantic import BaseModel, Field, create_model

from read_api.shapes import Facets, Highlights, JsonObject, Named, Page, Total
from read_models.tickets import COLUMNS


class _DescribedItem(BaseModel):
    id: str
    number: int
    version: int = Field(..., description="The ETag begins with it; send that as If-Match to change the ticket")
    subject: str
    status: str = Field(..., example="open")
    priority: str = Field(..., example="normal")
    type: Optional[str]
    requester: Named
    assignee: Optional[Named]
    group: Optional[Named]
    organization: Optional[Named]
    tags: List[str]
    custom_fields: JsonObject
    locale: Optional[str]
    channel: str
    message_count: Optional[int] = Field(..., description="For staff; it counts internal notes too")
    created_at: str = Field(..., example="2026-01-31T09:30:00Z")
    updated_at: str
    first_response_at: Optional[str]
    solved_at: Optional[str]
    sla: Optional[JsonObject] = Field(..., description="Always null for now")


_JSON_TYPES = {"long": int, "integer": int, "boolean": bool, "flattened": JsonObject}
# Fields of the read model that nobody described: shown all the same, as text unless their mapping says otherwise.
_UNDESCRIBED: Dict[str, Any] = {
    name: (Optional[_JSON_TYPES.get(mapping["type"], str)], ...)
    for name, mapping in COLUMNS.items()
    if name.removesuffix("_id") not in _DescribedItem.__fields__
}

if TYPE_CHECKING:
    TicketItem = _DescribedItem
else:
    TicketItem = create_model("TicketItem", __base__=_DescribedItem, **_UNDESCRIBED)


class Attachment(BaseModel):
    id: str = Field(..., description="Of GET /v1/attachments/{id}")
    file_name: str = Field(..., example="stripes.png")
    media_type: str = Field(..., description="As found by its content", example="image/png")
    size_bytes: int = Field(..., ge=1)


class Message(BaseModel):
    id: str
    author: Named
    visibility: str = Field(..., description="public or internal; customers only see public ones", example="public")
    body: str = Field(..., description="As it was written, in Markdown")
    html: str = Field(..., description="The body as HTML that is safe to show", example="<p>It <em>works</em>.</p>")
    attachments: List[Attachment]
    created_at: str


class Ticket(TicketItem):
    messages: List[Message] = Field(..., description="The newest 20 that the caller may see, oldest of them first")


class TicketHit(TicketItem):
    highlights: Highlights = Field(
        ..., description="Fragments of subject, messages and notes: HTML-escaped, found words in <em>"
    )


class TicketList(Page):
    items: List[TicketItem]


class TicketSearchResult(Page):
    items: List[TicketHit]
    total: Total
    facets: Facets = Field(..., description="By facet that was asked for; null: none was")


class MessageList(Page):
    items: List[Message]


class PresentPerson(BaseModel):
    user: Named
    activity: str = Field(..., description="viewing or typing", example="typing")
    for_ms: int = Field(..., ge=0, description="For so long it holds unless it is said again", example=8_200)


class Presence(BaseModel):
    items: List[PresentPerson] = Field(..., description="Whoever types first; 20 at most, the caller among them")
    total: int = Field(..., ge=0, description="How many there are")
    complete: bool = Field(..., description="false: a store was away, so names may be missing")


class HistoryEntry(BaseModel):
    id: str
    version: int = Field(..., description="Version that the event led to")
    type: str = Field(..., example="TicketSolved")
    actor: Optional[Named] = Field(..., description="null: the system")
    data: JsonObject
    occurred_at: str


class HistoryList(Page):
    items: List[HistoryEntry]
