"""A bare FastAPI application that inserts a ticket's rows in one hand-written statement of asyncpg."""

from fastapi import FastAPI

from benchmarks.bare.ticket_api import NewTicket, Pool, ticket_api

_INSERT = """
WITH ticket AS (
    INSERT INTO tickets (
        id, number, subject, status, priority, requester_id, group_id, tags, custom_fields, channel, message_count,
        version, created_at, updated_at
    ) VALUES ($1, nextval('ticket_number'), $2, 'new', $3, $4, $5, $6, '{}', 'api', 1, 1, $7, $7)
    RETURNING number
), message AS (
    INSERT INTO messages (id, ticket_id, position, author_id, visibility, body, created_at)
    VALUES ($8, $1, 1, $4, 'public', $9, $7)
), event AS (
    INSERT INTO domain_events (id, aggregate_type, aggregate_id, version, ordinal, type, data, occurred_at)
    VALUES ($10, 'ticket', $1, 1, 0, 'TicketOpened', $11, $7)
), pending AS (
    INSERT INTO outbox (lane, shard, aggregate_type, aggregate_id, part_of, aggregate_version, event_id, event_type)
    VALUES (0, $12, 'message', $8, $1, 1, NULL, 'MessageAdded'), (0, $12, 'ticket', $1, NULL, 1, $10, 'TicketOpened')
)
SELECT number FROM ticket"""


def create_app() -> FastAPI:
    return ticket_api(_insert)


async def _insert(pool: Pool, ticket: NewTicket) -> int:
    body = ticket.body
    number: int = await pool.fetchval(
        _INSERT,
        ticket.id,
        body.subject,
        body.priority,
        body.requester_id,
        body.group_id,
        body.tags,
        ticket.at,
        ticket.message_id,
        body.body,
        ticket.event_id,
        ticket.event,
        ticket.shard,
    )
    return number
