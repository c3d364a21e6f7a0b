from uuid import UUID

from pydantic import BaseModel, Field


class Saved(BaseModel):
    """What a command answers. `version` is also the ETag, and what the Consistency-Token waits for."""

    id: UUID
    version: int = Field(..., ge=1, example=1)
