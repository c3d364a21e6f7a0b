"""A read model built anew beside the old one, which serves until the new one is complete and checked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import structlog

from projector import targets
from projector.bootstrap import Projector
from projector.locks import REBUILD, Connection, take_barrier, try_session_lock, unlock_session
from projector.projections.projection import Projection
from projector.projections.registry import PROJECTIONS
from projector.rebuild import progress
from projector.rebuild.check import NO_ID, IndexCheck
from projector.rebuild.copy import RANGE_IDS, Copy

log = structlog.get_logger(__name__)

Phase = Literal["copying", "checking", "swapping", "done"]
Report = Callable[[str, Phase, int, int], None]

# Whoever waits for the barrier waits for at most one batch of each worker.
_BARRIER_TIMEOUT = "SET LOCAL statement_timeout = '60s'"
UNLINK_KEYS = 500
# Often enough that segments are written while documents still come, instead of all at the end.
COPY_REFRESH_MS = 1_000


class RebuildRefused(Exception):
    """Nothing was changed, or the old index still serves."""


@dataclass(frozen=True)
class RebuildResult:
    projection: str
    index_name: str
    documents: int
    refused: dict[str, str]


class Rebuild:
    def __init__(
        self, projector: Projector, projection: Projection, report: Report, range_ids: int = RANGE_IDS
    ) -> None:
        self._range_ids = range_ids
        self._projector = projector
        self._pool = projector.pool
        self._elasticsearch = projector.elasticsearch
        self._projection = projection
        self._name = projection.name
        self._report = report

    async def run(self, resume: bool = False) -> RebuildResult:
        async with self._alone() as connection:
            saved = await self._resumable(connection) if resume else None
            if saved is None:
                saved = await self._begin(connection)
            copy = Copy(self._pool, self._elasticsearch, self._projection, saved.index_name, self._range_ids)
            last_id = await self._last_id(connection)
            finished = progress.FinishedRanges(saved.last_key, saved.done)
            if last_id is not None:
                await copy.run(finished, last_id, lambda done: self._report(self._name, "copying", done, saved.total))
            await self._check(connection, copy, saved)
            await self._swap(connection, saved.index_name)
            await self._forget_cached()
            self._report(self._name, "done", finished.done, saved.total)
            return RebuildResult(self._name, saved.index_name, copy.documents, copy.refused)

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[Connection]:
        number = REBUILD + list(PROJECTIONS).index(self._name)
        async with self._pool.acquire() as connection:
            if not await try_session_lock(connection, number):
                raise RebuildRefused(f"another rebuild of {self._name} is running")
            try:
                yield connection
            finally:
                if not connection.is_closed():
                    await unlock_session(connection, number)

    async def _last_id(self, connection: Connection) -> UUID | None:
        """Asked after the index was marked: changes of later ids, and all that commit later, go to both indices."""
        row = await connection.fetchrow(self._projection.extent_sql)
        return None if row is None else row["last_id"]

    async def _resumable(self, connection: Connection) -> progress.SavedProgress | None:
        saved = await progress.saved(connection, self._name)
        building = [t.index_name for t in await targets.current_targets(connection) if t.state == "building"]
        if saved is None or saved.index_name not in building:
            return None
        if not await self._elasticsearch.call("GET", f"/{saved.index_name}", missing_ok=True):
            return None
        await self._set_refresh(saved.index_name, COPY_REFRESH_MS)
        return saved

    async def _begin(self, connection: Connection) -> progress.SavedProgress:
        model = self._projection.model
        await self._drop_others(connection)
        index_name = targets.new_index_name(self._projector.namespace, model)
        await targets.create_index(self._elasticsearch, index_name, model.index_body(refresh_ms=COPY_REFRESH_MS))
        extent = await connection.fetchrow(self._projection.extent_sql)
        assert extent is not None
        async with connection.transaction():
            await connection.execute(_BARRIER_TIMEOUT)
            await take_barrier(connection)
            await connection.execute(
                "INSERT INTO projection_targets (projection, index_name, state) VALUES ($1, $2, 'building')",
                self._name,
                index_name,
            )
            await progress.begin(connection, self._name, index_name, extent["total"])
        return progress.SavedProgress(index_name, NO_ID, 0, extent["total"])

    async def _drop_others(self, connection: Connection) -> None:
        """What an earlier rebuild left: a half-built index, and the one that was kept for going back."""
        async with connection.transaction():
            await connection.execute(_BARRIER_TIMEOUT)
            await take_barrier(connection)
            rows = await connection.fetch(
                "DELETE FROM projection_targets WHERE projection = $1 AND state <> 'live' RETURNING index_name",
                self._name,
            )
            await progress.forget(connection, self._name)
        for row in rows:
            await targets.delete_index(self._elasticsearch, row["index_name"])

    async def _set_refresh(self, index_name: str, refresh_ms: int) -> None:
        await self._elasticsearch.call(
            "PUT", f"/{index_name}/_settings", {"index": {"refresh_interval": f"{refresh_ms}ms"}}
        )

    async def _check(self, connection: Connection, copy: Copy, saved: progress.SavedProgress) -> None:
        self._report(self._name, "checking", saved.total, saved.total)
        usual_ms = self._projector.settings.projector_refresh_ms
        await self._set_refresh(saved.index_name, self._projection.model.refresh_ms(usual_ms))
        await self._elasticsearch.call("POST", f"/{saved.index_name}/_refresh", timeout_s=120.0)
        check = IndexCheck(self._pool, self._elasticsearch, self._projection, saved.index_name)
        differences = await check.run(copy.sums.values())
        known = await connection.fetch("SELECT document_id FROM outbox_dead WHERE projection = $1", self._name)
        dead = {row["document_id"] for row in known}
        news = [difference for difference in differences if difference.document_id not in dead]
        if news:
            reason = copy.refused.get(news[0].document_id, "it is not what Postgres holds")
            raise RebuildRefused(
                f"the new index of {self._name} differs in {len(news)} documents, so the old one stays:"
                f" {news[0].document_id} is {news[0].kind}: {reason}"
            )

    async def _swap(self, connection: Connection, index_name: str) -> None:
        self._report(self._name, "swapping", 0, 0)
        async with connection.transaction():
            await connection.execute(_BARRIER_TIMEOUT)
            await take_barrier(connection)
            await connection.execute(
                "UPDATE projection_targets SET state = 'retired' WHERE projection = $1 AND state = 'live'", self._name
            )
            await connection.execute("UPDATE projection_targets SET state = 'live' WHERE index_name = $1", index_name)
            await progress.forget(connection, self._name)
            await targets.point_alias(self._elasticsearch, self._projector.namespace, self._name, index_name)

    async def _forget_cached(self) -> None:
        """Copies by id may have been made by an older projection: they come back from the new index."""
        redis = self._projector.redis.redis
        pattern = self._projector.redis.keys.document(self._name, "*")
        found: list[bytes] = []
        async for key in redis.scan_iter(match=pattern, count=1_000):
            found.append(key)
            if len(found) == UNLINK_KEYS:
                await redis.unlink(*found)
                found = []
        if found:
            await redis.unlink(*found)


async def rebuild(projector: Projector, names: list[str], report: Report, resume: bool = False) -> list[RebuildResult]:
    results = [await Rebuild(projector, PROJECTIONS[name], report).run(resume) for name in names]
    await projector.refill_redis()
    return results
