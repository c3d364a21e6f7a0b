"""What the routes answer, for the OpenAPI document. A test compares real answers with it."""

from __future__ import annotations

from typing import Dict, List, Literal, Optional, Union

from pydantic import BaseModel, Field

from read_api.knowledge.schemas import DocumentHit
from read_api.shapes import FacetValue, Page, Total
from read_api.tickets.schemas import TicketHit


class FoundTicket(TicketHit):
    kind: Literal["ticket"]


class FoundDocument(DocumentHit):
    kind: Literal["document"]


class SearchResult(Page):
    items: List[Union[FoundTicket, FoundDocument]]
    total: Total
    facets: Dict[str, List[FacetValue]] = Field(..., description="kind: how many of each")


class Suggestion(BaseModel):
    kind: Literal["ticket", "document"]
    id: str
    title: str
    number: Optional[int] = Field(..., description="Of tickets")
    status: Optional[str] = Field(..., description="Of tickets")
    slug: Optional[str] = Field(..., description="Of documents")
    locale: Optional[str] = Field(..., description="Of documents")


class SuggestionList(Page):
    items: List[Suggestion]
