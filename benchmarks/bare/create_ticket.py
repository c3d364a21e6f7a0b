"""A bare FastAPI application that inserts a ticket's rows in a transaction of asyncpg, with one INSERT a table."""

from fastapi import FastAPI

from benchmarks.bare.ticket_api import NewTicket, Pool, ticket_api

_TICKET = """
INSERT INTO tickets (
    id, number, subject, status, priority, requester_id, group_id, tags, custom_fields, channel, message_count,
    version, created_at, updated_at
) VALUES ($1, nextval('ticket_number'), $2, 'new', $3, $4, $5, $6, '{}', 'api', 1, 1, $7, $7)
RETURNING number"""
_MESSAGE = """
INSERT INTO messages (id, ticket_id, position, author_id, visibility, body, created_at)
VALUES ($1, $2, 1, $3, 'public', $4, $5)"""
_EVENT = """
INSERT INTO domain_events (id, aggregate_type, aggregate_id, version, ordinal, type, data, occurred_at)
VALUES ($1, 'ticket', $2, 1, 0, 'TicketOpened', $3, $4)"""
_PENDING = """
INSERT INTO outbox (lane, shard, aggregate_type, aggregate_id, part_of, aggregate_version, event_id, event_type)
VALUES (0, $1, 'message', $2, $3, 1, NULL, 'MessageAdded'), (0, $1, 'ticket', $3, NULL, 1, $4, 'TicketOpened')"""


def create_app() -> FastAPI:
    return ticket_api(_insert)


async def _insert(pool: Pool, ticket: NewTicket) -> int:
    body = ticket.body
    async with pool.acquire() as connection, connection.transaction():
        number: int = await connection.fetchval(
            _TICKET, ticket.id, body.subject, body.priority, body.requester_id, body.group_id, body.tags, ticket.at
        )
        await connection.execute(_MESSAGE, ticket.message_id, ticket.id, body.requester_id, body.body, ticket.at)
        await connection.execute(_EVENT, ticket.event_id, ticket.id, ticket.event, ticket.at)
        await connection.execute(_PENDING, ticket.shard, ticket.message_id, ticket.id, ticket.event_id)
    return number
