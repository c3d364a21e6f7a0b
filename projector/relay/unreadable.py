"""Rows whose documents Postgres cannot even build."""

from __future__ import annotations

from projector.locks import Connection
from projector.projections.registry import PROJECTIONS_BY_AGGREGATE
from projector.relay import settle
from projector.relay.claim import Claim
from projector.relay.queue import Queue


async def count_failure(connection: Connection, queue: Queue, claimed: Claim, reason: str) -> None:
    """Their batch was rolled back, so this is a new transaction, in which somebody else may have settled them."""
    async with connection.transaction():
        found = await connection.fetch(
            f"SELECT DISTINCT shard FROM {queue.table} WHERE id = ANY ($1::bigint[])", claimed.ids
        )
        shards = await queue.lock(connection, [row["shard"] for row in found])
        places = await connection.fetch(
            f"SELECT ctid AS place FROM {queue.table} WHERE id = ANY ($1::bigint[]) AND shard = ANY ($2::smallint[])",
            claimed.ids,
            shards,
        )
        rows = list((await settle.details(connection, queue, [row["place"] for row in places])).values())
        if not rows:
            return
        attempts = max(row["attempts"] for row in rows)
        if attempts + 1 < settle.MAX_ATTEMPTS:
            pause = settle.retry_pause(attempts)
            await settle.retry_later(connection, queue, rows, {row["aggregate_id"]: pause for row in rows})
            return
        dead = [
            settle.DeadDocument(projection.name, str(asked_id), reason, [row])
            for row in rows
            for projection in PROJECTIONS_BY_AGGREGATE[row["aggregate_type"]]
            if (asked_id := row["event_id" if projection.by_event else "aggregate_id"]) is not None
        ]
        await settle.bury(connection, dead)
        await settle.delete(connection, queue, [row["place"] for row in rows])
