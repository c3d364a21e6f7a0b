from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Difference:
    store: str
    # The read model; in Redis also "guards", "labels" and "counters".
    projection: str
    # missing, extra or different, as seen from Postgres.
    kind: str
    document_id: str
    # The event's id in history.
    aggregate_id: UUID
    # The projection version that is stored there now.
    version: int = 0
    # Where the read model alone does not tell it.
    aggregate_type: str | None = None

    def describe(self) -> dict[str, object]:
        return {
            "store": self.store,
            "projection": self.projection,
            "kind": self.kind,
            "document_id": self.document_id,
            "version": self.version,
        }
