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


@dataclass(frozen=True)
class RequestRebuild:
    # None: of every read model, one after another.
    projection: ReadModelName | None


@dataclass(frozen=True)
class PauseRebuild:
    projection: ReadModelName


@dataclass(frozen=True)
class ResumeRebuild:
    projection: ReadModelName


@dataclass(frozen=True)
class RollBackRebuild:
    projection: ReadModelName
