"""What describes a read model: its name, its mapping, and which fields are for the index alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from read_models.analysis import ANALYSIS, BOOLEAN, DATE, KEYWORD, LONG


@dataclass(frozen=True)
class ReadModel:
    name: str
    schema_version: int
    fields: dict[str, dict[str, Any]]
    # Left out of the copy in Redis and of answers: they exist to be searched.
    index_only: tuple[str, ...] = ()
    # Together they are unique, so that all documents can be listed in an order.
    key: tuple[str, ...] = ("id",)

    def index_body(self, replicas: int = 0, shards: int = 1, refresh_ms: int = 1_000) -> dict[str, Any]:
        """Settings and mappings for `PUT /index`. An unknown field is refused: the mapping is part of the contract."""
        return {
            "settings": {
                "index": {
                    "number_of_shards": shards,
                    "number_of_replicas": replicas,
                    # Set, because an index without it stops refreshing when nobody searched for 30 s.
                    "refresh_interval": f"{refresh_ms}ms",
                    # Second belt beside tombstones: deleted versions are remembered for an hour, not 60 s.
                    "gc_deletes": "1h",
                    "mapping": {"total_fields": {"limit": 2000}},
                },
                "analysis": ANALYSIS,
            },
            "mappings": {"dynamic": "strict", "properties": {**self.fields, **TOMBSTONE_FIELDS}},
        }


# In every index: a deleted document stays as `{"deleted": true, …}` until the reaper takes it.
TOMBSTONE_FIELDS = {"deleted": BOOLEAN, "deleted_at": DATE, "digest": {**KEYWORD, "index": False}}
ALIAS_FILTER = {"bool": {"must_not": {"term": {"deleted": True}}}}
IDENTITY_FIELDS = {"id": KEYWORD, "version": LONG}
