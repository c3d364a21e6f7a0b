"""Asking for aggregates to be projected once more, in the background lane."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias
from uuid import UUID

import asyncpg

from write_api.persistence.outbox import BACKGROUND_LANE, SHARDS

Record = asyncpg.Record
Connection: TypeAlias = "asyncpg.Connection[Record] | asyncpg.pool.PoolConnectionProxy[Record] | asyncpg.Pool[Record]"

# Where the aggregates themselves are, for going through all of them.
AGGREGATE_TABLES = {
    "ticket": "tickets",
    "document": "documents",
    "document_vote": "document_votes",
    "user": "users",
    "group": "groups",
    "organization": "organizations",
    "category": "categories",
    "ticket_field": "ticket_fields",
    "view": "views",
}

ROWS_PER_STATEMENT = 1_000

_INSERT = f"""
INSERT INTO outbox (
    lane, shard, aggregate_type, aggregate_id, part_of, aggregate_version, event_id, event_type
)
SELECT {BACKGROUND_LANE}, get_byte(uuid_send(COALESCE(part_of, id)), 15) & {SHARDS - 1}, type, id, part_of,
    COALESCE(version, 0), event_id, $2
FROM ({{again}}) AS again"""
# The version of a part never changes: what it belongs to was written down where it failed.
_PARTS = """
SELECT '{type}' AS type, wanted.id, COALESCE(part.ticket_id, dead.root_id) AS part_of,
    COALESCE(dead.aggregate_version, 1) AS version, NULL::uuid AS event_id
FROM unnest($1::uuid[]) AS wanted (id)
LEFT JOIN ({parts}) AS part ON part.id = wanted.id
LEFT JOIN outbox_dead AS dead ON dead.projection = '{type}s' AND dead.document_id = wanted.id::text"""
# Parts of tickets, each with its ticket.
_TICKET_OF = {
    "message": "SELECT id, ticket_id FROM messages",
    "attachment": "SELECT a.id, m.ticket_id FROM attachments AS a JOIN messages AS m ON m.id = a.message_id",
}
# A line of history is projected with its aggregate; one that belongs to nothing is taken out.
_EVENTS = """
SELECT COALESCE(e.aggregate_type, 'event') AS type, COALESCE(e.aggregate_id, wanted.id) AS id, NULL::uuid AS part_of,
    e.version, wanted.id AS event_id
FROM unnest($1::uuid[]) AS wanted (id) LEFT JOIN domain_events AS e ON e.id = wanted.id"""


async def enqueue(connection: Connection, aggregate_type: str, ids: Iterable[UUID], reason: str) -> None:
    """`reason` is kept as the row's event type. For the type "event" the ids are those of events."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), ROWS_PER_STATEMENT):
        some = ordered[start : start + ROWS_PER_STATEMENT]
        await connection.execute(_INSERT.format(again=_again(aggregate_type)), some, reason)


def _again(aggregate_type: str) -> str:
    if aggregate_type in _TICKET_OF:
        return _PARTS.format(type=aggregate_type, parts=_TICKET_OF[aggregate_type])
    if aggregate_type == "event":
        return _EVENTS
    return f"""
SELECT '{aggregate_type}' AS type, wanted.id, NULL::uuid AS part_of, NULL::uuid AS event_id,
    COALESCE(t.version, (SELECT max(e.version) FROM domain_events AS e WHERE e.aggregate_id = wanted.id)) AS version
FROM unnest($1::uuid[]) AS wanted (id)
LEFT JOIN {AGGREGATE_TABLES[aggregate_type]} AS t ON t.id = wanted.id"""
