"""How far a rebuild is, in the table that a later `--resume`, `projector status` and other processes read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from projector.locks import Connection, Pool
from write_api.persistence.rebuilds import PAUSE, UNPAUSE

Phase = Literal["copying", "catching_up", "checking", "swapping"]
# To stand in a statement that asks for more.
OF_ALL = """(
SELECT COALESCE(json_object_agg(projection, json_build_object(
    'index', index_name, 'phase', phase, 'done', done, 'total', total,
    'rate_per_s', rate, 'left_s', CASE WHEN rate > 0 THEN round(greatest(total - done, 0) / rate) END,
    'slowed', slowed, 'paused_at', paused_at, 'started_at', started_at, 'updated_at', updated_at
)), '{}') FROM rebuild_progress)"""

# What operators wished for, and why it did not come true.
WISHES = """(
SELECT json_object_agg(projection, json_build_object(
    'kind', kind, 'wished_at', wished_at, 'paused_at', paused_at, 'refused_at', refused_at, 'problem', problem
)) FROM projection_wishes)"""
KEPT = "(SELECT json_object_agg(projection, index_name) FROM projection_targets WHERE state = 'retired')"


@dataclass(frozen=True)
class Range:
    """Consecutive ids of aggregates; `number` counts the ranges of one run."""

    number: int
    # The id before the first one.
    after: UUID
    ids: list[UUID]


@dataclass(frozen=True)
class SavedProgress:
    index_name: str
    last_key: UUID
    done: int
    total: int


class FinishedRanges:
    """Ranges finish in any order; a resumed rebuild goes on after the last one that has no gap before it."""

    def __init__(self, last_key: UUID, done: int) -> None:
        self.last_key = last_key
        self.done = done
        self._next = 0
        self._waiting: dict[int, Range] = {}

    def add(self, finished: Range) -> None:
        self._waiting[finished.number] = finished
        while (range_ := self._waiting.pop(self._next, None)) is not None:
            self.last_key = range_.ids[-1]
            self.done += len(range_.ids)
            self._next += 1


async def begin(connection: Connection, projection: str, index_name: str, total: int, phase: Phase) -> None:
    await connection.execute(
        # It may have been paused while it was only a wish.
        "INSERT INTO rebuild_progress (projection, index_name, total, phase, paused_at)"
        " SELECT $1::text, $2, $3, $4,"
        " (SELECT paused_at FROM projection_wishes WHERE projection = $1 AND refused_at IS NULL)",
        projection,
        index_name,
        total,
        phase,
    )


async def saved(connection: Connection, projection: str) -> SavedProgress | None:
    row = await connection.fetchrow(
        "SELECT index_name, last_key, done, total FROM rebuild_progress WHERE projection = $1", projection
    )
    if row is None:
        return None
    last_key = UUID(row["last_key"] or str(UUID(int=0)))
    return SavedProgress(row["index_name"], last_key, row["done"], row["total"])


async def save(pool: Pool, projection: str, ranges: FinishedRanges) -> None:
    await pool.execute(
        "UPDATE rebuild_progress SET last_key = $2, done = $3, updated_at = clock_timestamp() WHERE projection = $1",
        projection,
        str(ranges.last_key),
        ranges.done,
    )


async def enter(pool: Pool, projection: str, phase: Phase) -> None:
    await pool.execute(
        "UPDATE rebuild_progress SET phase = $2, updated_at = clock_timestamp() WHERE projection = $1",
        projection,
        phase,
    )


async def pause(pool: Pool, projection: str) -> bool:
    """False if no rebuild of it is under way or wished for."""
    return await _any(pool, PAUSE, projection)


async def unpause(pool: Pool, projection: str) -> bool:
    """False if none was paused."""
    return await _any(pool, UNPAUSE, projection)


async def _any(pool: Pool, statements: Iterable[str], projection: str) -> bool:
    async with pool.acquire() as connection, connection.transaction():
        return any([await connection.fetch(f"{sql} RETURNING true", projection) for sql in statements])


async def forget(connection: Connection, projection: str) -> None:
    await connection.execute("DELETE FROM rebuild_progress WHERE projection = $1", projection)
