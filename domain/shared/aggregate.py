from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from domain.shared.errors import VersionMismatch
from domain.shared.events import Change, DomainEvent


@dataclass(kw_only=True, eq=False)
class Aggregate:
    """`version` is the stored one, 0 before the first save; a save stores `version + 1` and calls `saved()`."""

    aggregate_type: ClassVar[str]

    id: UUID
    version: int = 0
    created_at: datetime
    updated_at: datetime
    deleted: bool = field(default=False, init=False)
    _events: list[DomainEvent] = field(default_factory=list, init=False, repr=False)

    @property
    def has_changes(self) -> bool:
        return bool(self._events)

    def record(self, event: DomainEvent) -> None:
        self._events.append(event)
        # Clocks of two processes differ: an aggregate's time never goes back.
        self.updated_at = max(self.updated_at, event.occurred_at)

    def pull_events(self) -> list[DomainEvent]:
        events, self._events = self._events, []
        return events

    def saved(self) -> None:
        self.version += 1

    def expect_version(self, expected_version: int) -> None:
        if self.version != expected_version:
            raise VersionMismatch(self.version, expected_version)

    def _assign(self, values: dict[str, object]) -> dict[str, Change]:
        """Sets the attributes that differ and answers what changed."""
        changes: dict[str, Change] = {}
        for name, after in values.items():
            before = getattr(self, name)
            if before != after:
                setattr(self, name, after)
                changes[name] = Change(before, after)
        return changes
