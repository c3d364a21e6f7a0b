"""What describes a read model: its name, its mapping, and which fields are for the index alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from read_models.analysis import ANALYSIS, BOOLEAN, DATE, KEYWORD, LONG, SIMILARITY


@dataclass(frozen=True)
class ReadModel:
    name: str
    schema_version: int
    fields: dict[str, dict[str, Any]]
    # Left out of the copy in Redis and of answers: they exist to be searched. Beside them, SUM_FIELDS.
    searched: tuple[str, ...] = ()
    # Together they are unique, so that all documents can be listed in an order.
    key: tuple[str, ...] = ("id",)
    # Small and seldom written, so that what is said here can be searched sooner than the rest.
    longest_refresh_ms: int | None = None

    def refresh_setting(self, usual_ms: int) -> dict[str, str]:
        """Set, because an index without it stops refreshing when nobody searched for 30 s."""
        refresh_ms = usual_ms if self.longest_refresh_ms is None else min(usual_ms, self.longest_refresh_ms)
        return {"refresh_interval": f"{refresh_ms}ms"}

    @property
    def index_only(self) -> tuple[str, ...]:
        return (*self.searched, *SUM_FIELDS)

    def index_body(self, replicas: int = 0, shards: int = 1, refresh_ms: int = 1_000) -> dict[str, Any]:
        """Settings and mappings for `PUT /index`. An unknown field is refused: the mapping is part of the contract."""
        return {
            "settings": {
                "index": {
                    "number_of_shards": shards,
                    "number_of_replicas": replicas,
                    **self.refresh_setting(refresh_ms),
                    # Second belt beside tombstones: deleted versions are remembered for an hour, not 60 s.
                    "gc_deletes": "1h",
                    "mapping": {"total_fields": {"limit": 2000}},
                },
                "analysis": ANALYSIS,
                "similarity": SIMILARITY,
            },
            "mappings": {"dynamic": "strict", "properties": {**self.fields, **TOMBSTONE_FIELDS}},
        }


# The first and the second 32 bits of `digest`, last in each document: numbers, so that an index can add them up.
SUM_FIELDS = ("digest_high", "digest_low")
_DIGEST_FIELDS = {"digest": {**KEYWORD, "index": False}, **{name: {**LONG, "index": False} for name in SUM_FIELDS}}
# In every index: a deleted document stays as `{"deleted": true, …}` until the reaper takes it.
TOMBSTONE_FIELDS = {"deleted": BOOLEAN, "deleted_at": DATE, **_DIGEST_FIELDS}
ALIAS_FILTER = {"bool": {"must_not": {"term": {"deleted": True}}}}
# A new name shows everywhere within a second: what is left of it is for the projector.
NAMES_REFRESH_MS = 250
IDENTITY_FIELDS = {"id": KEYWORD, "version": LONG}
