"""An in-memory store with units of work: reads see what is committed, writes happen together at the commit."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from domain.identity.sessions import RefreshToken
from domain.knowledge.translation import Revision
from domain.shared.aggregate import Aggregate
from domain.shared.events import DomainEvent
from domain.tickets.messages import Message
from write_api.persistence.failures import TransientConflict

AnyAggregate = TypeVar("AnyAggregate", bound=Aggregate)


@dataclass
class State:
    aggregates: dict[UUID, Aggregate] = field(default_factory=dict)
    events: list[tuple[UUID, int, DomainEvent]] = field(default_factory=list)
    messages: list[tuple[UUID, Message]] = field(default_factory=list)
    revisions: list[tuple[UUID, Revision]] = field(default_factory=list)
    password_hashes: dict[UUID, str] = field(default_factory=dict)
    tokens: dict[bytes, RefreshToken] = field(default_factory=dict)


Write = Callable[[State], None]


class MemoryUnit:
    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._writes: list[Write] = []

    @property
    def state(self) -> State:
        return self._store.state

    def later(self, write: Write) -> None:
        self._writes.append(write)

    def find(self, kind: type[AnyAggregate], matches: Callable[[AnyAggregate], bool]) -> AnyAggregate | None:
        found = (one for one in self.all(kind) if matches(one))
        return copy.deepcopy(next(found, None))

    def all(self, kind: type[AnyAggregate]) -> list[AnyAggregate]:
        return [one for one in self.state.aggregates.values() if isinstance(one, kind)]

    def next_ticket_number(self) -> int:
        self._store.ticket_number += 1
        return self._store.ticket_number

    def store_aggregate(self, aggregate: Aggregate) -> None:
        """Plans the present state of `aggregate` under its next version, with its events."""
        expected_version = aggregate.version
        events = aggregate.pull_events()
        aggregate.saved()
        snapshot = copy.deepcopy(aggregate)

        def write(state: State) -> None:
            stored = state.aggregates.get(snapshot.id)
            if (stored.version if stored else 0) != expected_version:
                raise TransientConflict(f"{snapshot.aggregate_type} {snapshot.id} was changed after it was loaded")
            state.events.extend((snapshot.id, snapshot.version, event) for event in events)
            if snapshot.deleted:
                del state.aggregates[snapshot.id]
            else:
                state.aggregates[snapshot.id] = snapshot

        self.later(write)

    async def commit(self) -> None:
        state = copy.deepcopy(self._store.state)
        for write in self._writes:
            write(state)
        self._store.state = state
        self._writes = []


class MemoryStore:
    def __init__(self) -> None:
        self.state = State()
        # As with a sequence, a number that was drawn is gone, whatever becomes of the unit.
        self.ticket_number = 0
