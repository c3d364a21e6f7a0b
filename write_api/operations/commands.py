from __future__ import annotations

from dataclasses import dataclass

from domain.operations.read_models import ReadModelName


@dataclass(frozen=True)
class ReplayDeadLetter:
    letter_id: int


@dataclass(frozen=True)
class ReplayDeadLetters:
    # None: of every read model.
    projection: ReadModelName | None
