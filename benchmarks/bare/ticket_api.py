"""What the bare applications that create tickets share: the same body is checked, the same rows are written."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TypeAlias
from uuid import UUID

import asyncpg
import orjson
from fastapi import FastAPI, Response
from pydantic import BaseModel, Field

from domain.shared.ids import uuid7

POOL_CONNECTIONS = 16

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"


class Body(BaseModel):
    subject: str = Field(..., min_length=1, max_length=500)
    body: str = Field(..., min_length=1)
    requester_id: UUID
    group_id: UUID
    priority: str
    tags: list[str]


@dataclass(frozen=True)
class NewTicket:
    body: Body
    id: UUID = field(default_factory=uuid7)
    message_id: UUID = field(default_factory=uuid7)
    event_id: UUID = field(default_factory=uuid7)
    at: datetime = field(default_factory=lambda: datetime.now(timezone.utc))

    @property
    def event(self) -> str:
        said = {"subject": self.body.subject, "requester_id": str(self.body.requester_id), "channel": "api"}
        return orjson.dumps(said).decode()

    @property
    def shard(self) -> int:
        return self.id.int & 15


Insert = Callable[[Pool, NewTicket], Awaitable[int]]


def ticket_api(insert: Insert) -> FastAPI:
    """`insert` answers the ticket's number."""

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
        ticket = NewTicket(body)
        number = await insert(app.state.pool, ticket)
        return Response(
            orjson.dumps({"id": str(ticket.id), "number": number}), status_code=201, media_type="application/json"
        )

    return app


async def _keep_as_is(_: object) -> None:
    """Nothing here changes a connection, and asyncpg's own reset would be one more round trip."""
