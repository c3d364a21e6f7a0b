"""What the routes answer, for the OpenAPI document. A test compares real answers with it."""

from __future__ import annotations

from typing import List, Optional

from pydantic import BaseModel, Field

from read_api.shapes import JsonObject, Named, Page


class AuditedAggregate(BaseModel):
    type: str = Field(..., example="ticket")
    id: Optional[str] = Field(..., description="null: of a failed sign-in, whose address belongs to nobody")
    version: int = Field(..., description="Version that it led to")


class AuditEntry(BaseModel):
    id: str
    occurred_at: str = Field(..., example="2026-01-31T09:30:00Z")
    type: str = Field(..., description="What happened", example="UserRoleChanged")
    aggregate: AuditedAggregate = Field(..., description="What it happened to")
    actor: Optional[Named] = Field(..., description="Who did it; null: the system, or somebody who is not known")
    ip_address: Optional[str] = Field(..., description="From where", example="192.0.2.7")
    user_agent: Optional[str] = Field(..., description="With what, as it says")
    session_id: Optional[str] = Field(..., description="The sign-in of the actor")
    api_token_id: Optional[str] = Field(..., description="The API token of the actor, if it was not a sign-in")
    request_id: Optional[str] = Field(..., description="The request in our logs")
    data: JsonObject = Field(..., description="What changed, with the values before and after")


class AuditLog(Page):
    items: List[AuditEntry]
