"""Asking for aggregates to be projected once more, in the background lane."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from projector.locks import Connection, Pool
from projector.projections.registry import AGGREGATE_TABLES
from projector.relay.claim import BACKGROUND_LANE
from write_api.persistence.outbox import SHARDS

ROWS_PER_STATEMENT = 1_000


async def enqueue(connection: Connection | Pool, aggregate_type: str, ids: Iterable[UUID], reason: str) -> None:
    """`reason` is kept as the row's event type. For the type "event" the ids are those of events."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), ROWS_PER_STATEMENT):
        some = ordered[start : start + ROWS_PER_STATEMENT]
        await connection.execute(_sql(aggregate_type), BACKGROUND_LANE, aggregate_type, some, reason)


def _sql(aggregate_type: str) -> str:
    """A version counts as applied only where nothing else of the aggregate is pending."""
    table = AGGREGATE_TABLES.get(aggregate_type)
    version = "1" if table is None else f"(SELECT version FROM {table} AS t WHERE t.id = wanted.id)"
    root = "(SELECT ticket_id FROM messages AS m WHERE m.id = wanted.id)" if aggregate_type == "message" else "NULL"
    return f"""
INSERT INTO outbox (lane, shard, aggregate_type, aggregate_id, aggregate_version, event_id, event_type)
SELECT $1, get_byte(uuid_send(COALESCE({root}, wanted.id)), 15) & {SHARDS - 1}, $2, wanted.id,
    CASE WHEN wanted.id IN (SELECT o.aggregate_id FROM outbox AS o) THEN 0
        ELSE COALESCE({version}, (SELECT max(e.version) FROM domain_events AS e WHERE e.aggregate_id = wanted.id), 0)
    END,
    CASE WHEN $2::text = 'event' THEN wanted.id END, $4
FROM unnest($3::uuid[]) AS wanted (id)"""
