"""A bare FastAPI application that checks the same body and inserts the same rows in one statement of asyncpg."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from fastapi import FastAPI, Response
from pydantic import BaseModel, Field

from domain.shared.ids import uuid7

POOL_CONNECTIONS = 16

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
    INSERT INTO outbox (lane, shard, aggregate_type, aggregate_id, aggregate_version, event_id, event_type)
    VALUES (0, $12, 'message', $8, 1, NULL, 'MessageAdded'), (0, $12, 'ticket', $1, 1, $10, 'TicketOpened')
)
SELECT number FROM ticket"""


class Body(BaseModel):
    subject: str = Field(..., min_length=1, max_length=500)
    body: str = Field(..., min_length=1)
    requester_id: UUID
    group_id: UUID
    priority: str
    tags: list[str]


def create_app() -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        url = os.environ["TIDEDESK_DATABASE_URL"]
        async with asyncpg.create_pool(url, min_size=2, max_size=POOL_CONNECTIONS, reset=_keep_as_is) as pool:
            app.state.pool = pool
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/readyz")
    async def ready() -> str:
        return "ok"

    @app.post("/v1/tickets")
    async def create(body: Body) -> Response:
        ticket_id = uuid7()
        number = await app.state.pool.fetchval(_INSERT, *_arguments(ticket_id, body))
        return Response(
            orjson.dumps({"id": str(ticket_id), "number": number}), status_code=201, media_type="application/json"
        )

    return app


def _arguments(ticket_id: UUID, body: Body) -> tuple[Any, ...]:
    event = {"subject": body.subject, "requester_id": str(body.requester_id), "channel": "api"}
    return (
        ticket_id,
        body.subject,
        body.priority,
        body.requester_id,
        body.group_id,
        body.tags,
        datetime.now(timezone.utc),
        uuid7(),
        body.body,
        uuid7(),
        orjson.dumps(event).decode(),
        ticket_id.int & 15,
    )


async def _keep_as_is(_: object) -> None:
    """Nothing here changes a connection, and asyncpg's own reset would be one more round trip."""
