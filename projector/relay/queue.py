"""The tables in which changes wait: a batch takes its rows from one of them, and what becomes of them is the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from projector.locks import Connection, lock_shards


@dataclass(frozen=True)
class Queue:
    table: str
    # Puts rows off. Parameters: their places, a pause for each.
    retry: str
    # Answers which of the shards the caller may change the rows of now.
    lock: Callable[[Connection, list[int]], Awaitable[list[int]]]


OUTBOX = Queue(
    "outbox",
    """
UPDATE outbox SET attempts = attempts + 1, next_at = clock_timestamp() + later.pause
FROM unnest($1::tid[], $2::interval[]) AS later (ctid, pause)
WHERE outbox.ctid = later.ctid""",
    lock_shards,
)
