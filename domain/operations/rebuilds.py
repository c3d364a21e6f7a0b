from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from domain.operations.read_models import ReadModelName


class WishKind(str, Enum):
    """What the projector is to do with a read model."""

    REBUILD = "rebuild"
    # A rebuild or a rollback that was interrupted goes on.
    RESUME = "resume"
    ROLLBACK = "rollback"


@dataclass(frozen=True)
class ReadModelState:
    """What is going on with a read model when somebody wishes something of it."""

    name: ReadModelName
    # Not taken up yet, or not done yet.
    wish: WishKind | None = None
    # A rebuild or a rollback has begun and has not ended.
    is_begun: bool = False
    # Somebody is at it now, by a wish or by a command beside the projector.
    is_at_work: bool = False
    is_paused: bool = False
    # The index that served before the last rebuild.
    has_kept_index: bool = False

    @property
    def is_busy(self) -> bool:
        return self.wish is not None or self.is_at_work
