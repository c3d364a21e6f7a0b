from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DeadLetter:
    """A document that could not be projected."""

    id: int
    projection: str
    document_id: str
