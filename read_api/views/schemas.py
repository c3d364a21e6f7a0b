"""What the routes answer, for the OpenAPI document. A test compares real answers with it."""

from __future__ import annotations

from typing import List, Optional

from pydantic import BaseModel, Field

from read_api.shapes import JsonObject, Named, Page


class View(BaseModel):
    id: str
    version: int = Field(..., description="The ETag begins with it; send that as If-Match to change the view")
    name: str = Field(..., example="Urgent and nobody's")
    query: JsonObject = Field(
        ..., description="Parameters of GET /v1/search/tickets; `me` is who looks", example={"status": ["new", "open"]}
    )
    sort: str = Field(..., example="-updated_at")
    shared_with: str = Field(..., description="me, group or everybody", example="group")
    group: Optional[Named] = Field(..., description="Whose agents have it, where it is shared with a group")
    owner: Named
    changeable: bool = Field(..., description="Whether the caller may change and delete it")
    created_at: str
    updated_at: str


class ViewList(Page):
    items: List[View]
