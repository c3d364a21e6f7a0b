from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Principal:
    """Who a verified access token speaks for."""

    user_id: UUID
    role: str
    session_id: UUID
