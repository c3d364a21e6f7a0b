"""What the routes answer, for the OpenAPI document. A test compares real answers with it."""

from __future__ import annotations

from typing import List, Optional

from pydantic import BaseModel, Field

from read_api.shapes import Named, Page


class User(BaseModel):
    id: str
    version: int = Field(..., description="The ETag begins with it; send that as If-Match to change the user")
    name: str
    email: str
    role: str = Field(..., description="admin, agent or customer", example="agent")
    ticket_access: str = Field(
        ..., description="Of agents: all, or groups for those who see only tickets of their groups", example="all"
    )
    active: bool
    locale: Optional[str]
    organization: Optional[Named]
    groups: List[Named]
    created_at: str
    updated_at: str


class Group(BaseModel):
    id: str
    version: int
    name: str
    description: str
    created_at: str
    updated_at: str


class Organization(BaseModel):
    id: str
    version: int
    name: str
    domains: List[str]
    shares_tickets: bool = Field(..., description="Its members see one another's tickets")
    created_at: str
    updated_at: str


class UserList(Page):
    items: List[User]


class GroupList(Page):
    items: List[Group]


class OrganizationList(Page):
    items: List[Organization]
