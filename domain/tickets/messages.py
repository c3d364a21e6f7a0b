from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

MAX_BODY_LENGTH = 262_144
MAX_ATTACHMENTS = 32


class Visibility(str, Enum):
    PUBLIC = "public"
    INTERNAL = "internal"


@dataclass(frozen=True)
class Message:
    id: UUID
    # The place in the thread, from 1.
    position: int
    author_id: UUID
    visibility: Visibility
    body: str
    created_at: datetime
    attachment_ids: tuple[UUID, ...] = ()
