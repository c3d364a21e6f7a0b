"""Copying all documents of one read model into a new index, range by range, while the relay goes on writing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from uuid import UUID

from projector.locks import Connection, Pool
from projector.postgres_errors import LOST, UNREADABLE
from projector.projections.projection import Projection
from projector.rebuild.pace import Pace
from projector.rebuild.progress import FinishedRanges, Range, save
from projector.relay.claim import next_version
from projector.relay.project import read_documents
from projector.relay.throttle import Throttle
from projector.sinks.bulk import Chunk, Fate, send_bulk, send_ready
from projector.sinks.elasticsearch import STORE, Elasticsearch
from projector.verify.content import DigestSum, digest_in
from runtime.errors import StoreUnavailable
from runtime.tasks import cancel_all

RANGE_IDS = 1_000
# So many requests at once keep Elasticsearch busy.
SENDERS = 3
# The others have read what comes next, so that no sender waits for Postgres; what is in memory stays bounded.
PIPELINES = SENDERS + 2
# Elasticsearch is busy with the documents and not with requests; each pipeline holds one, a few times over.
PIECE_BYTES = 2_000_000
SAVE_INTERVAL_S = 1.0
# Longer than a full chunk may wait for its place and be on its way; usually an idle transaction ends sooner. A range is
# sorted into pieces in memory, and its rows are found by their ids: for the first ranges of a connection Postgres would
# read the whole table each time.
_SETTINGS = """
SET LOCAL idle_in_transaction_session_timeout = '60s';
SET LOCAL work_mem = '16MB';
SET LOCAL plan_cache_mode = force_generic_plan"""


@dataclass
class RangeSum:
    """The documents after one id up to another, so that the index can be asked whether it has just these."""

    after: UUID
    last_id: UUID
    digests: DigestSum = field(default_factory=DigestSum)


@dataclass(frozen=True)
class Piece:
    """A request for `_bulk` as Postgres made it, and what is in it."""

    body: bytes
    digests: DigestSum


class Copy:
    """Documents that were refused are kept with their reasons: whether they matter is decided before the swap."""

    def __init__(
        self,
        pool: Pool,
        elasticsearch: Elasticsearch,
        projection: Projection,
        index_name: str,
        pace: Pace,
        range_ids: int = RANGE_IDS,
    ) -> None:
        self._pace = pace
        self._range_ids = range_ids
        self._pool = pool
        self._elasticsearch = elasticsearch
        self._projection = projection
        self._index_name = index_name
        self._throttle = Throttle(range_ids)
        self._senders = asyncio.Semaphore(SENDERS)
        self.refused: dict[str, str] = {}
        self.documents = 0
        # By number of the range; what a resumed rebuild copied before is not here.
        self.sums: dict[int, RangeSum] = {}

    async def run(self, finished: FinishedRanges, last_id: UUID, report: Callable[[int], None]) -> None:
        """Goes on after `finished`; documents of ids beyond `last_id` are the relay's."""
        queue: asyncio.Queue[Range | None] = asyncio.Queue(maxsize=PIPELINES)
        pipelines = [asyncio.create_task(self._pipeline(queue, finished, report)) for _ in range(PIPELINES)]
        feeder = asyncio.create_task(self._feed(queue, finished.last_key, last_id))
        try:
            await asyncio.gather(feeder, *pipelines)
        finally:
            await cancel_all((feeder, *pipelines))
            await save(self._pool, self._projection.name, finished)

    async def _feed(self, queue: asyncio.Queue[Range | None], after: UUID, last_id: UUID) -> None:
        async for range_ in ranges(self._pool, self._projection, after, last_id, self._range_ids):
            await queue.put(range_)
        for _ in range(PIPELINES):
            await queue.put(None)

    async def _pipeline(
        self, queue: asyncio.Queue[Range | None], finished: FinishedRanges, report: Callable[[int], None]
    ) -> None:
        saved_at, took_s = time.monotonic(), 0.0
        while (range_ := await queue.get()) is not None:
            await self._pace.turn(took_s)
            began = time.monotonic()
            self.sums[range_.number] = RangeSum(range_.after, range_.ids[-1])
            await self._copy_until_done(range_.ids, self.sums[range_.number])
            finished.add(range_)
            report(finished.done)
            self._pace.count(len(range_.ids))
            took_s = time.monotonic() - began
            if time.monotonic() - saved_at > SAVE_INTERVAL_S:
                await save(self._pool, self._projection.name, finished)
                saved_at = time.monotonic()

    async def _copy_until_done(self, ids: list[UUID], range_sum: RangeSum) -> None:
        while True:
            await self._throttle.wait()
            try:
                range_sum.digests.include(await self._copy(ids))
            except UNREADABLE as error:
                await self._copy_halves(ids, range_sum, str(error))
                return
            except (StoreUnavailable, *LOST):
                self._throttle.failed()
            else:
                self._throttle.succeeded()
                return

    async def _copy_halves(self, ids: list[UUID], range_sum: RangeSum, reason: str) -> None:
        """Finds the document that Postgres cannot build; the others are copied."""
        if len(ids) == 1:
            self.refused[str(ids[0])] = reason
            return
        middle = len(ids) // 2
        await self._copy_until_done(ids[:middle], range_sum)
        await self._copy_until_done(ids[middle:], range_sum)

    async def _copy(self, ids: list[UUID]) -> DigestSum:
        """Answers the digests of what was sent."""
        # The order of the relay: first the version, then the read, so that a later change has a higher version.
        version = await next_version(self._pool)
        async with self._pool.acquire() as connection, connection.transaction(readonly=True):
            await connection.execute(_SETTINGS)
            copied = await self._copy_in_pieces(connection, ids, version)
        return await self._copy_one_by_one(ids) if copied is None else copied

    async def _copy_in_pieces(self, connection: Connection, ids: list[UUID], version: int) -> DigestSum | None:
        """Bytes that Postgres made pass through as they are. None where Elasticsearch refused any of it."""
        digests, sql = DigestSum(), self._projection.bulk_sql
        pieces = await connection.cursor(sql, ids, self._index_name, version, PIECE_BYTES)
        while row := await pieces.fetchrow():
            piece = Piece(row["body"], DigestSum(row["documents"], row["high"], row["low"]))
            async with self._senders:
                if not await send_ready(self._elasticsearch, piece.body):
                    return None
            digests.include(piece.digests)
        self.documents += digests.count
        return digests

    async def _copy_one_by_one(self, ids: list[UUID]) -> DigestSum:
        """Finds out what is refused, and why. What was sent before is sent again, with a higher version."""
        version = await next_version(self._pool)
        chunk, digests = Chunk[str](), DigestSum()
        async with self._pool.acquire() as connection, connection.transaction(readonly=True):
            await connection.execute(_SETTINGS)
            async for rows in read_documents(connection, self._projection.source_sql, ids, False):
                for row in rows:
                    if row["source"] is None:
                        continue
                    chunk.add(row["document_id"], self._index_name, row["document_id"], version, row["source"])
                    digests.add(digest_in(row["source"]))
                    if chunk.is_full:
                        await self._send(chunk)
                        chunk = Chunk()
        await self._send(chunk)
        return digests

    async def _send(self, chunk: Chunk[str]) -> None:
        async with self._senders:
            failures = await send_bulk(self._elasticsearch, chunk)
        for document_id, failure in failures:
            if failure.fate is Fate.BUSY:
                raise StoreUnavailable(STORE, failure.reason)
            self.refused[document_id] = failure.reason
        self.documents += len(chunk.keys)


async def ranges(
    pool: Pool, projection: Projection, after: UUID, last_id: UUID | None = None, size: int = RANGE_IDS
) -> AsyncIterator[Range]:
    number = 0
    while True:
        ids = [row["id"] for row in await pool.fetch(projection.keys_sql, after, last_id, size)]
        if not ids:
            return
        yield Range(number, after, ids)
        number, after = number + 1, ids[-1]
