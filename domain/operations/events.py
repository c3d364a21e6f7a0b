from __future__ import annotations

from dataclasses import dataclass

from domain.operations.read_models import ReadModelName
from domain.shared.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class DeadLettersReplayed(DomainEvent):
    count: int
    # The first of them, as `read model:document`.
    letters: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RebuildRequested(DomainEvent):
    projections: tuple[ReadModelName, ...]


@dataclass(frozen=True, kw_only=True)
class RollbackRequested(DomainEvent):
    projection: ReadModelName


@dataclass(frozen=True, kw_only=True)
class RebuildPaused(DomainEvent):
    projection: ReadModelName


@dataclass(frozen=True, kw_only=True)
class RebuildResumed(DomainEvent):
    projection: ReadModelName
