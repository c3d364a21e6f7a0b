"""Subscribers of domain events beside the projections: jobs that run at least once, idempotent by the event's id."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from arq.connections import ArqRedis
from redis.asyncio import Redis

from projector.locks import Pool
from projector.sinks.redis import within

ENQUEUE_TIMEOUT_S = 4.0
JOB = "handle_event"


@dataclass(frozen=True)
class Event:
    id: UUID
    type: str
    aggregate_type: str
    aggregate_id: UUID
    version: int
    data: dict[str, Any]
    occurred_at: datetime


Handler = Callable[[Pool, Event], Awaitable[None]]
Handlers = Mapping[str, tuple[Handler, ...]]

# Event type -> who wants to hear of it.
HANDLERS: Handlers = {}


def queue_name(namespace: str) -> str:
    return f"{namespace}:jobs"


class Dispatcher:
    """Enqueues before the outbox rows are deleted: after a crash in between they are enqueued again."""

    def __init__(self, redis: Redis, namespace: str, handlers: Handlers = HANDLERS) -> None:
        self._arq = ArqRedis(redis.connection_pool, default_queue_name=queue_name(namespace))
        self._namespace = namespace
        self._handlers = handlers

    @property
    def event_types(self) -> list[str]:
        """Those that anybody listens to."""
        return list(self._handlers)

    async def dispatch(self, rows: Iterable[asyncpg.Record]) -> None:
        for row in rows:
            for handler in self._handlers.get(row["event_type"], ()):
                name = handler.__name__
                job_id = f"{self._namespace}:{name}:{row['event_id']}"
                job = self._arq.enqueue_job(JOB, name, str(row["event_id"]), _job_id=job_id)
                await within(job, ENQUEUE_TIMEOUT_S)


async def handle(pool: Pool, handlers: Handlers, name: str, event_id: str) -> None:
    row = await pool.fetchrow(
        "SELECT id, type, aggregate_type, aggregate_id, version, data, occurred_at FROM domain_events WHERE id = $1",
        UUID(event_id),
    )
    if row is None:
        return
    event = Event(**row)
    for handler in handlers.get(event.type, ()):
        if handler.__name__ == name:
            await handler(pool, event)
