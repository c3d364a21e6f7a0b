from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from domain.operations.dead_letters import DeadLetter
from domain.operations.operation import Operation
from domain.operations.read_models import ReadModelName
from domain.operations.rebuilds import ReadModelState, WishKind


class DeadLetterRepository(Protocol):
    async def get(self, letter_id: int) -> DeadLetter:
        """Raises DeadLetterNotFound."""
        ...

    async def all_of(self, projection: ReadModelName | None) -> list[DeadLetter]:
        """None: of every read model."""
        ...

    async def replay(self, letters: Sequence[DeadLetter]) -> None:
        """Their documents are projected once more. A letter stays until that succeeds."""
        ...


class OperationRepository(Protocol):
    async def add(self, operation: Operation) -> None: ...


class RebuildRepository(Protocol):
    async def states_of(self, names: Sequence[ReadModelName]) -> list[ReadModelState]:
        """In their order. Until the commit nobody else wishes anything."""
        ...

    async def wish(self, kind: WishKind, names: Sequence[ReadModelName], operation: Operation) -> None: ...

    async def pause(self, name: ReadModelName) -> None: ...

    async def unpause(self, name: ReadModelName) -> None: ...
