"""What the routes answer, for the OpenAPI document. A test compares real answers with it."""

from __future__ import annotations

from typing import Dict, List, Optional

from pydantic import BaseModel, Field

from read_api.shapes import Facets, Highlights, Named, Page, Total


class DocumentItem(BaseModel):
    id: str
    version: int = Field(..., description="The ETag begins with it; send that as If-Match to change the document")
    slug: str = Field(..., example="reset-your-password")
    locale: str = Field(..., example="en")
    default_locale: str
    title: str
    status: str = Field(..., example="published")
    visibility: str = Field(..., description="public, customers, agents or groups", example="public")
    groups: List[Named] = Field(..., description="Whose agents see it, where its visibility is groups")
    category: Optional[Named]
    tags: List[str]
    revision: int
    author: Optional[Named] = Field(..., description="For staff")
    published_at: Optional[str]
    updated_at: str
    publish_at: Optional[str] = Field(..., description="When a scheduled draft will be published")
    comment: Optional[str] = Field(..., description="Of the review; of drafts only")


class Document(DocumentItem):
    body: str = Field(..., description="Markdown")
    html: str = Field(..., description="Rendered and cleaned")


class DocumentHit(DocumentItem):
    highlights: Highlights = Field(..., description="Fragments of title and body: HTML-escaped, found words in <em>")


class DocumentList(Page):
    items: List[DocumentItem]


class DocumentSearchResult(Page):
    items: List[DocumentHit]
    total: Total
    facets: Facets = Field(..., description="By facet that was asked for; null: none was")


class DocumentVersion(BaseModel):
    locale: str
    number: int
    title: str
    author: Named
    created_at: str
    published: bool = Field(..., description="This is the version that readers see")


class DocumentVersionText(DocumentVersion):
    body: str = Field(..., description="Markdown, as it was saved")


class DocumentVersionList(Page):
    items: List[DocumentVersion]


class FeedbackComment(BaseModel):
    id: str
    locale: str = Field(..., description="Of the text that was read")
    comment: str = Field(..., example="The menu has another name now.")
    updated_at: str


class Feedback(Page):
    helpful_yes: int = Field(..., description="Readers whom it helped")
    helpful_no: int = Field(..., description="Readers whom it did not help")
    items: List[FeedbackComment] = Field(..., description="What they miss, newest first")


class Category(BaseModel):
    id: str
    version: int
    name: Optional[str] = Field(..., description="In the best locale for the caller")
    names: Dict[str, str] = Field(..., description="By locale")
    parent_id: Optional[str]
    position: int
    children: List["Category"]


Category.update_forward_refs()


class CategoryTree(Page):
    items: List[Category]


class TicketField(BaseModel):
    id: str
    version: int
    key: str
    label: str
    type: str = Field(..., description="text, number, boolean, date or choice")
    options: List[str]
    active: bool
    created_at: str
    updated_at: str


class TicketFieldList(Page):
    items: List[TicketField]
