from __future__ import annotations

from typing import Any, cast
from uuid import UUID

import asyncpg


def outbox_row(aggregate_type: str, aggregate_id: UUID, version: int = 1, **changes: Any) -> asyncpg.Record:
    """What a claim answers, as far as anybody looks at it."""
    row = {
        "ctid": (0, version),
        "shard": 0,
        "lane": 0,
        "id": version,
        "aggregate_type": aggregate_type,
        "aggregate_id": aggregate_id,
        "aggregate_version": version,
        "event_id": None,
        "event_type": "Changed",
        "attempts": 0,
        "created_at": None,
        **changes,
    }
    return cast(asyncpg.Record, row)
