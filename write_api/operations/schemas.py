from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from domain.operations.read_models import ReadModelName
from runtime.types import StrictModel


class ReplayBody(StrictModel):
    projection: ReadModelName | None = Field(
        None, description="Only letters of this read model; null: all", example="tickets"
    )


class Replayed(BaseModel):
    replayed: int = Field(
        ..., ge=0, description="Letters that are tried again. Each is gone once its document is there"
    )


# Typing's own, so that all names are in the OpenAPI document.
RebuildTarget = Literal[
    "all", "tickets", "messages", "attachments", "documents", "document_drafts", "people", "catalog", "history"
]


class RebuildBody(StrictModel):
    projection: RebuildTarget = Field(..., description="A read model, or all, one after another", example="tickets")

    @property
    def read_model(self) -> ReadModelName | None:
        return None if self.projection == "all" else ReadModelName(self.projection)


class RebuildAccepted(BaseModel):
    id: UUID = Field(..., description="Of the operation, as the audit log names it")
    projections: list[ReadModelName]
    status: Literal["requested", "paused", "resumed"]
