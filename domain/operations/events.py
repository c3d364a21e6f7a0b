from __future__ import annotations

from dataclasses import dataclass

from domain.shared.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class DeadLettersReplayed(DomainEvent):
    count: int
    # The first of them, as `read model:document`.
    letters: tuple[str, ...]
