"""A read model built anew beside the old one, which serves until the new one is complete and checked."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from projector import targets
from projector.bootstrap import Projector
from projector.locks import Connection
from projector.projections.projection import Projection
from projector.projections.registry import PROJECTIONS
from projector.rebuild import progress
from projector.rebuild.check import NO_ID, IndexCheck
from projector.rebuild.copy import RANGE_IDS, Copy
from projector.rebuild.rollback import Rollback, is_rolling_back
from projector.rebuild.switch import RebuildRefused, Report, Switch, alone, between_batches
from read_models import names

# Nobody searches it until it is complete: Elasticsearch writes segments as large as its memory allows, and merges less.
NO_REFRESH_MS = -1
# Once the relay writes to the new index, the loss of its only copy would hold up every change.
WHOLE_S = 20

__all__ = ["Rebuild", "RebuildRefused", "RebuildResult", "rebuild"]


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
        async with alone(self._projector, self._name) as connection:
            saved = await self._resumable(connection) if resume else None
            if saved is None:
                saved = await self._begin(connection)
            switch = Switch(self._projector, self._projection, saved.index_name, self._report)
            if resume:
                # It may have been interrupted while it was checked.
                await switch.set_refresh(NO_REFRESH_MS)
            copy = Copy(
                self._pool, self._elasticsearch, self._projection, saved.index_name, switch.pace, self._range_ids
            )
            last_id = await self._last_id(connection)
            finished = progress.FinishedRanges(saved.last_key, saved.done)
            async with switch.pace.watched():
                if last_id is not None:
                    await progress.enter(self._pool, self._name, "copying")
                    await copy.run(
                        finished, last_id, lambda done: self._report(self._name, "copying", done, saved.total)
                    )
                check = IndexCheck(self._pool, self._elasticsearch, self._projection, saved.index_name)
                await switch.check(connection, saved.total, lambda: check.run(copy.sums.values()), copy.refused)
                await switch.swap(connection)
            self._report(self._name, "done", finished.done, saved.total)
            return RebuildResult(self._name, saved.index_name, copy.documents, copy.refused)

    async def _last_id(self, connection: Connection) -> UUID | None:
        """Asked after the index was marked: changes of later ids, and all that commit later, go to both indices."""
        row = await connection.fetchrow(self._projection.extent_sql)
        return None if row is None else row["last_id"]

    async def _resumable(self, connection: Connection) -> progress.SavedProgress | None:
        saved = await progress.saved(connection, self._name)
        building = [t.index_name for t in await targets.current_targets(connection) if t.state == "building"]
        if saved is None or saved.index_name not in building:
            return None
        if names.schema_version_of(saved.index_name) != self._projection.model.schema_version:
            return None
        if not await self._elasticsearch.call("GET", f"/{saved.index_name}", missing_ok=True):
            return None
        return saved

    async def _begin(self, connection: Connection) -> progress.SavedProgress:
        model = self._projection.model
        await self._drop_others(connection)
        index_name = targets.new_index_name(self._projector.namespace, model)
        body = self._projector.layout.body(model, refresh_ms=NO_REFRESH_MS)
        await targets.create_index(self._elasticsearch, index_name, body, WHOLE_S)
        extent = await connection.fetchrow(self._projection.extent_sql)
        assert extent is not None
        async with between_batches(connection):
            await connection.execute(
                "INSERT INTO projection_targets (projection, index_name, state) VALUES ($1, $2, 'building')",
                self._name,
                index_name,
            )
            await progress.begin(connection, self._name, index_name, extent["total"], "copying")
        return progress.SavedProgress(index_name, NO_ID, 0, extent["total"])

    async def _drop_others(self, connection: Connection) -> None:
        """What an earlier rebuild left: a half-built index, and the one that was kept for going back."""
        async with between_batches(connection):
            rows = await connection.fetch(
                "DELETE FROM projection_targets WHERE projection = $1 AND state <> 'live' RETURNING index_name",
                self._name,
            )
            await progress.forget(connection, self._name)
        for row in rows:
            await targets.delete_index(self._elasticsearch, row["index_name"])


async def rebuild(projector: Projector, names: list[str], report: Report, resume: bool = False) -> list[RebuildResult]:
    results = []
    for name in names:
        projection = PROJECTIONS[name]
        if resume and await is_rolling_back(projector.pool, name):
            index_name, documents = await Rollback(projector, projection, report).run()
            results.append(RebuildResult(name, index_name, documents, {}))
        else:
            results.append(await Rebuild(projector, projection, report).run(resume))
    await projector.refill_redis()
    return results
