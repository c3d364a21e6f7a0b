"""What a rebuild and a rollback share: alone at it, a check of the index, and one step from the old index to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Literal

from projector import targets
from projector.bootstrap import Projector
from projector.locks import REBUILD, Connection, Pool, take_barrier, try_session_lock, unlock_session
from projector.projections.projection import Projection
from projector.projections.registry import PROJECTIONS
from projector.rebuild import progress
from projector.rebuild.pace import Pace, live_lag
from projector.sinks.redis import within
from projector.verify.difference import Difference

Report = Callable[[str, Literal[progress.Phase, "done"], int, int], None]
FindDifferences = Callable[[], Awaitable[list[Difference]]]

SCANNED_KEYS = 1_000
# Whoever waits for the barrier waits for at most one batch of each worker.
_BARRIER_TIMEOUT = "SET LOCAL statement_timeout = '60s'"


# What was wished for before this began is done by it.
_FULFIL = """
DELETE FROM projection_wishes AS wish USING rebuild_progress AS progress
WHERE wish.projection = $1 AND progress.projection = $1 AND wish.wished_at <= progress.started_at"""


class RebuildRefused(Exception):
    """Nothing was changed, or the old index still serves."""


class AnotherAtWork(RebuildRefused):
    def __init__(self, name: str) -> None:
        super().__init__(f"another rebuild of {name} is running")


def _lock_number(name: str) -> int:
    return REBUILD + list(PROJECTIONS).index(name)


@asynccontextmanager
async def alone(projector: Projector, name: str) -> AsyncIterator[Connection]:
    number = _lock_number(name)
    async with projector.pool.acquire() as connection:
        if not await try_session_lock(connection, number):
            raise AnotherAtWork(name)
        try:
            yield connection
        finally:
            if not connection.is_closed():
                await unlock_session(connection, number)


async def is_at_work(pool: Pool, name: str) -> bool:
    """Whether somebody is rebuilding it or rolling it back now."""
    async with pool.acquire() as connection:
        if not await try_session_lock(connection, _lock_number(name)):
            return True
        await unlock_session(connection, _lock_number(name))
    return False


@asynccontextmanager
async def between_batches(connection: Connection) -> AsyncIterator[None]:
    """A transaction at a moment when no batch is under way: all later ones see what it changed."""
    async with connection.transaction():
        await connection.execute(_BARRIER_TIMEOUT)
        await take_barrier(connection)
        yield


class Switch:
    def __init__(self, projector: Projector, projection: Projection, index_name: str, report: Report) -> None:
        self._projector = projector
        self._projection = projection
        self._name = projection.name
        self._index_name = index_name
        self._report = report
        self.pace = Pace(projector.pool, self._name, live_lag(projector.pool, projector.redis))

    async def set_refresh(self, refresh_ms: int) -> None:
        setting = self._projection.model.refresh_setting(refresh_ms)
        await self._projector.elasticsearch.call("PUT", f"/{self._index_name}/_settings", {"index": setting})

    async def check(
        self, connection: Connection, total: int, differences_in: FindDifferences, refused: Mapping[str, str]
    ) -> None:
        """Raises RebuildRefused where the index is not what Postgres holds, but for documents that are dead letters."""
        await progress.enter(self._projector.pool, self._name, "checking")
        self._report(self._name, "checking", total, total)
        await self.set_refresh(self._projector.settings.projector_refresh_ms)
        await self._projector.elasticsearch.call("POST", f"/{self._index_name}/_refresh", timeout_s=120.0)
        differences = await differences_in()
        known = await connection.fetch("SELECT document_id FROM outbox_dead WHERE projection = $1", self._name)
        dead = {row["document_id"] for row in known}
        news = [difference for difference in differences if difference.document_id not in dead]
        if news:
            reason = refused.get(news[0].document_id, "it is not what Postgres holds")
            raise RebuildRefused(
                f"the new index of {self._name} differs in {len(news)} documents, so the old one stays:"
                f" {news[0].document_id} is {news[0].kind}: {reason}"
            )

    async def swap(self, connection: Connection) -> None:
        # A pause since the last look counts, however short the rebuild was.
        await self.pace.look()
        await self.pace.turn()
        await progress.enter(self._projector.pool, self._name, "swapping")
        self._report(self._name, "swapping", 0, 0)
        async with between_batches(connection):
            await connection.execute(
                "UPDATE projection_targets SET state = 'retired' WHERE projection = $1 AND state = 'live'", self._name
            )
            await connection.execute(
                # The live one is the youngest, so that a later rollback can be told from a rebuild.
                "UPDATE projection_targets SET state = 'live', created_at = clock_timestamp() WHERE index_name = $1",
                self._index_name,
            )
            await connection.execute(_FULFIL, self._name)
            await progress.forget(connection, self._name)
            await targets.point_alias(
                self._projector.elasticsearch, self._projector.namespace, self._name, self._index_name
            )
        await self._forget_cached()

    async def _forget_cached(self) -> None:
        """Copies by id may have been made by another projection: they come back from the new index."""
        redis = self._projector.redis.redis
        pattern = self._projector.redis.keys.document(self._name, "*")
        cursor: int | None = None
        while cursor != 0:
            cursor, found = await within(redis.scan(cursor or 0, match=pattern, count=SCANNED_KEYS))
            if found:
                await within(redis.unlink(*found))
