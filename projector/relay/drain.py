"""One batch out of the outbox: one short transaction, from the claim to the delete."""

from __future__ import annotations

from projector.locks import Connection, lock_shards
from projector.relay.batch import Batch, BatchResult
from projector.relay.claim import Claim, claim
from projector.relay.queue import OUTBOX


class Drain:
    def __init__(self, batch: Batch) -> None:
        self._batch = batch

    async def batch(self, connection: Connection, shards: list[int], lane: int, limit: int) -> BatchResult:
        """Projects about `limit` rows. Raises StoreUnavailable when a store is away: then nothing changed."""
        with self._batch.trace() as trace:
            async with connection.transaction():
                shards = await lock_shards(connection, shards[:limit])
                claimed = await claim(connection, shards, lane, limit) if shards else Claim()
                if not claimed:
                    return BatchResult()
                result = await self._batch.project(connection, OUTBOX, claimed, trace)
            await trace.reached("commit")
            return result
