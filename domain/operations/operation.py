from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.operations.dead_letters import DeadLetter
from domain.operations.errors import NoIndexKept, NoRebuildRunning, NothingToResume, RebuildRunning
from domain.operations.events import (
    DeadLettersReplayed,
    RebuildPaused,
    RebuildRequested,
    RebuildResumed,
    RollbackRequested,
)
from domain.operations.rebuilds import ReadModelState
from domain.shared.aggregate import Aggregate
from domain.shared.events import DomainEvent
from domain.shared.ids import uuid7

# Of a replay of thousands the audit log names as many.
MOST_NAMED = 50


@dataclass(kw_only=True, eq=False)
class Operation(Aggregate):
    """What an operator had the projector do, once. Nothing is kept of it but its event, which says who asked."""

    aggregate_type = "operation"

    @classmethod
    def replay(cls, letters: Sequence[DeadLetter], *, at: datetime) -> Operation:
        named = tuple(f"{letter.projection}:{letter.document_id}" for letter in letters[:MOST_NAMED])
        return cls._of(DeadLettersReplayed(occurred_at=at, count=len(letters), letters=named))

    @classmethod
    def rebuild(cls, states: Sequence[ReadModelState], *, at: datetime) -> Operation:
        """All of them or none. One that was interrupted is begun anew."""
        if busy := [state.name for state in states if state.is_busy]:
            raise RebuildRunning(busy)
        return cls._of(RebuildRequested(occurred_at=at, projections=tuple(state.name for state in states)))

    @classmethod
    def roll_back(cls, state: ReadModelState, *, at: datetime) -> Operation:
        if state.is_busy:
            raise RebuildRunning([state.name])
        if not state.has_kept_index:
            raise NoIndexKept(state.name)
        return cls._of(RollbackRequested(occurred_at=at, projection=state.name))

    @classmethod
    def pause(cls, state: ReadModelState, *, at: datetime) -> Operation:
        if not (state.is_busy or state.is_begun):
            raise NoRebuildRunning(state.name)
        return cls._of(RebuildPaused(occurred_at=at, projection=state.name))

    @classmethod
    def resume(cls, state: ReadModelState, *, at: datetime) -> Operation:
        is_interrupted = state.is_begun and not state.is_busy
        if not (state.is_paused or is_interrupted):
            raise NothingToResume(state.name)
        return cls._of(RebuildResumed(occurred_at=at, projection=state.name))

    @classmethod
    def _of(cls, event: DomainEvent) -> Operation:
        operation = cls(id=uuid7(), created_at=event.occurred_at, updated_at=event.occurred_at)
        operation.record(event)
        return operation
