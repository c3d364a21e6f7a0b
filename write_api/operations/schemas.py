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
