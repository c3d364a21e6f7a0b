"""What the commands left in Postgres."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from write_api.persistence.unit_of_work import Pool


async def one_row(pool: Pool, sql: str, *arguments: Any) -> dict[str, Any]:
    row = await pool.fetchrow(sql, *arguments)
    assert row is not None
    return dict(row)


async def event_types(pool: Pool, aggregate_id: str) -> list[str]:
    rows = await pool.fetch(
        "SELECT type FROM domain_events WHERE aggregate_id = $1 ORDER BY version, ordinal", UUID(aggregate_id)
    )
    return [row["type"] for row in rows]


async def event_data(pool: Pool, aggregate_id: str, event_type: str) -> dict[str, Any]:
    data: dict[str, Any] = await pool.fetchval(
        "SELECT data FROM domain_events WHERE aggregate_id = $1 AND type = $2 ORDER BY version DESC LIMIT 1",
        UUID(aggregate_id),
        event_type,
    )
    return data


async def pending(pool: Pool, aggregate_id: str) -> list[tuple[str, int, str]]:
    rows = await pool.fetch(
        "SELECT aggregate_type, aggregate_version, event_type FROM outbox WHERE aggregate_id = $1 ORDER BY id",
        UUID(aggregate_id),
    )
    return [tuple(row) for row in rows]
