from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from domain.shared.aggregate import Aggregate


@dataclass(frozen=True)
class Outcome:
    """What a command answers, free of HTTP's details so that a repeated Idempotency-Key renders it again."""

    status: int
    body: Mapping[str, Any] | None = None
    location: str | None = None
    aggregate_type: str | None = None
    aggregate_id: UUID | None = None
    version: int | None = None
    # The transaction that wrote it; None where nothing had to be written.
    xid: int | None = None
    replayed: bool = False

    @classmethod
    def created(cls, aggregate: Aggregate, location: str, **body: Any) -> Outcome:
        return cls._of(201, aggregate, body, location)

    @classmethod
    def changed(cls, aggregate: Aggregate, **body: Any) -> Outcome:
        return cls._of(200, aggregate, body)

    @classmethod
    def removed(cls, aggregate: Aggregate) -> Outcome:
        return cls(204, None, None, aggregate.aggregate_type, aggregate.id, aggregate.version)

    def with_body(self, **changes: Any) -> Outcome:
        return replace(self, body={**(self.body or {}), **changes})

    @classmethod
    def _of(cls, status: int, aggregate: Aggregate, body: dict[str, Any], location: str | None = None) -> Outcome:
        return cls(
            status,
            {"id": aggregate.id, "version": aggregate.version, **body},
            location,
            aggregate.aggregate_type,
            aggregate.id,
            aggregate.version,
        )


NOTHING = Outcome(204)
