"""How far a rebuild is, in the table that a later `--resume` and `projector status` read."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from projector.locks import Connection, Pool


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


async def begin(connection: Connection, projection: str, index_name: str, total: int) -> None:
    await connection.execute(
        "INSERT INTO rebuild_progress (projection, index_name, total) VALUES ($1, $2, $3)",
        projection,
        index_name,
        total,
    )


async def saved(connection: Connection, projection: str) -> SavedProgress | None:
    row = await connection.fetchrow(
        "SELECT index_name, last_key, done, total FROM rebuild_progress WHERE projection = $1", projection
    )
    if row is None:
        return None
    return SavedProgress(row["index_name"], UUID(row["last_key"] or str(UUID(int=0))), row["done"], row["total"])


async def save(pool: Pool, projection: str, ranges: FinishedRanges) -> None:
    await pool.execute(
        "UPDATE rebuild_progress SET last_key = $2, done = $3, updated_at = clock_timestamp() WHERE projection = $1",
        projection,
        str(ranges.last_key),
        ranges.done,
    )


async def forget(connection: Connection, projection: str) -> None:
    await connection.execute("DELETE FROM rebuild_progress WHERE projection = $1", projection)
