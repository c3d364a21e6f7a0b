"""Back to the index that served before the last rebuild, without losing what was written since."""

from __future__ import annotations

import time
from uuid import UUID

from projector import targets
from projector.bootstrap import Projector
from projector.locks import Connection, Pool
from projector.projections.projection import Projection
from projector.rebuild import progress
from projector.rebuild.check import NO_ID
from projector.rebuild.switch import RebuildRefused, Report, Switch, alone, between_batches
from projector.verify.difference import Difference
from projector.verify.ranges import DIGEST_IDS, Ranges
from projector.verify.recheck import lasting
from projector.verify.rewrite import Rewrite
from projector.verify.strays import remove
from read_models import names

_OLDER_IS_BUILT = """
SELECT EXISTS (
    SELECT 1 FROM projection_targets AS old
    JOIN projection_targets AS live ON live.projection = old.projection AND live.state = 'live'
    WHERE old.projection = $1 AND old.state = 'building' AND old.created_at < live.created_at
)"""


async def is_rolling_back(pool: Connection | Pool, name: str) -> bool:
    """A rebuild makes an index younger than the live one; only a rollback writes to an older one."""
    return bool(await pool.fetchval(_OLDER_IS_BUILT, name))


async def forget_kept(projector: Projector, name: str) -> str | None:
    """Drops the index that was kept for going back; answers its name."""
    async with alone(projector, name) as connection:
        index_name: str | None = await connection.fetchval(
            "DELETE FROM projection_targets WHERE projection = $1 AND state = 'retired' RETURNING index_name", name
        )
    if index_name is not None:
        await targets.delete_index(projector.elasticsearch, index_name)
    return index_name


class Rollback:
    """The kept index is written to again from a moment between two batches; then what it missed is put right."""

    def __init__(
        self, projector: Projector, projection: Projection, report: Report, range_ids: int = DIGEST_IDS
    ) -> None:
        self._projector = projector
        self._pool = projector.pool
        self._projection = projection
        self._name = projection.name
        self._report = report
        self._range_ids = range_ids

    async def run(self) -> tuple[str, int]:
        """Answers the index that serves now, and how many of its documents were out of date."""
        async with alone(self._projector, self._name) as connection:
            saved = await self._unfinished(connection) or await self._begin(connection)
            switch = Switch(self._projector, self._projection, saved.index_name, self._report)
            ranges = Ranges(self._pool, self._projector.elasticsearch, self._projection, saved.index_name)
            await switch.set_refresh(self._projector.settings.projector_refresh_ms)
            async with switch.pace.watched():
                await progress.enter(self._pool, self._name, "catching_up")
                await self._refresh(saved.index_name)
                written, left = await self._catch_up(switch, ranges, saved)
                await switch.check(connection, saved.total, lambda: self._lasting(ranges, saved.index_name, left), {})
                await switch.swap(connection)
            self._report(self._name, "done", saved.total, saved.total)
            return saved.index_name, written

    async def _unfinished(self, connection: Connection) -> progress.SavedProgress | None:
        return await progress.saved(connection, self._name) if await is_rolling_back(connection, self._name) else None

    async def _begin(self, connection: Connection) -> progress.SavedProgress:
        kept = [
            target.index_name
            for target in await targets.current_targets(connection)
            if target.projection == self._name and target.state == "retired"
        ]
        if not kept or not await self._projector.elasticsearch.call("GET", f"/{kept[0]}", missing_ok=True):
            raise RebuildRefused(f"no earlier index of {self._name} is kept, so there is nothing to go back to")
        written, wanted = names.schema_version_of(kept[0]), self._projection.model.schema_version
        if written != wanted:
            raise RebuildRefused(
                f"the kept index of {self._name} has schema {written} and this release writes {wanted}:"
                " start the release that wrote it, and roll back with that one"
            )
        extent = await connection.fetchrow(self._projection.extent_sql)
        assert extent is not None
        async with between_batches(connection):
            await connection.execute("UPDATE projection_targets SET state = 'building' WHERE index_name = $1", kept[0])
            await progress.begin(connection, self._name, kept[0], extent["total"], "catching_up")
        return progress.SavedProgress(kept[0], NO_ID, 0, extent["total"])

    async def _catch_up(
        self, switch: Switch, ranges: Ranges, saved: progress.SavedProgress
    ) -> tuple[int, list[Difference]]:
        """Number of documents written, and what differs all the same."""
        rewrite = Rewrite(self._pool, self._projector.elasticsearch, self._projection, saved.index_name)
        finished = progress.FinishedRanges(saved.last_key, saved.done)
        written, left, place, took_s = 0, list[Difference](), saved.last_key, 0.0
        while True:
            await switch.pace.turn(took_s)
            began = time.monotonic()
            looked = await ranges.by_digests(place, self._range_ids)
            if looked.differences:
                await rewrite.run(looked.differences)
                written += len(looked.differences)
                left += await self._compare(ranges, looked.differences)
            finished.done += looked.checked
            self._report(self._name, "catching_up", finished.done, saved.total)
            if looked.next is None:
                return written, left
            finished.last_key = place = looked.next
            await progress.save(self._pool, self._name, finished)
            switch.pace.count(looked.checked)
            took_s = time.monotonic() - began

    async def _lasting(self, ranges: Ranges, index_name: str, left: list[Difference]) -> list[Difference]:
        for difference in await lasting(self._pool, left, lambda found: self._compare(ranges, found)):
            if difference.kind == "extra":
                await remove(self._pool, self._projector.elasticsearch, index_name, difference.document_id)
        return await lasting(self._pool, left, lambda found: self._compare(ranges, found))

    @staticmethod
    async def _compare(ranges: Ranges, differences: list[Difference]) -> list[Difference]:
        ids: list[UUID] = list({difference.aggregate_id for difference in differences})
        return await ranges.compare(ids, [difference.document_id for difference in differences])

    async def _refresh(self, index_name: str) -> None:
        await self._projector.elasticsearch.call("POST", f"/{index_name}/_refresh", timeout_s=120.0)
