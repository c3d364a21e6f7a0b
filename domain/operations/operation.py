from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.operations.dead_letters import DeadLetter
from domain.operations.events import DeadLettersReplayed
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
    def _of(cls, event: DomainEvent) -> Operation:
        operation = cls(id=uuid7(), created_at=event.occurred_at, updated_at=event.occurred_at)
        operation.record(event)
        return operation
