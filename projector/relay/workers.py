"""The drain loop: a few workers that share the shards, each on a connection of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Protocol

import structlog

from projector import postgres_errors
from projector.cadence import SHORTEST_INTERVAL_S
from projector.locks import Connection, Pool
from projector.metrics import Metrics
from projector.relay.backlog import Backlog
from projector.relay.batch import BatchResult, DocumentsUnreadable
from projector.relay.claim import ready_shards
from projector.relay.lanes import HELD_UP_S, Choice, HeldUp, Lanes
from projector.relay.rounds import Rounds
from projector.relay.throttle import Throttle
from projector.relay.unreadable import count_failure
from projector.relay.wake import Signal, wait_for
from runtime.errors import StoreUnavailable

log = structlog.get_logger(__name__)

SHORTEST_POLL_S = 0.1
# A batch of fifty rows costs hardly more than two of seven. So small ones begin at the shortest pace or, where they are
# slow, twice as far apart as one takes; but not further than the refresh that what they write has to wait for anyway.
SHORTEST_PACE_S = 0.03
SMALL_BATCHES_SHARE = 0.5
LONGEST_PACE_S = SHORTEST_INTERVAL_S
SMALL_BATCH_ROWS = 200


def rest_s(took_s: float) -> float:
    """After a small batch, until the next begins."""
    pace_s = min(LONGEST_PACE_S, max(SHORTEST_PACE_S, took_s / SMALL_BATCHES_SHARE))
    return max(0.0, pace_s - took_s)


class Batches(Protocol):
    """Where the relay takes rows to: documents are projected of them, or they are handed to Kafka."""

    async def batch(self, connection: Connection, shards: list[int], lane: int, limit: int) -> BatchResult: ...


class Relay:
    def __init__(
        self,
        pool: Pool,
        batches: Batches,
        signal: Signal,
        metrics: Metrics,
        rounds: Rounds,
        *,
        workers: int,
        batch_rows: int,
        longest_poll_s: float,
        on_written: Callable[[], None] = lambda: None,
        on_caught_up: Callable[[], None] = lambda: None,
    ) -> None:
        self._pool = pool
        self._batches = batches
        self._signal = signal
        self._metrics = metrics
        self._rounds = rounds
        self._workers = workers
        self._longest_poll_s = longest_poll_s
        self._on_written = on_written
        self._throttle = Throttle(batch_rows)
        self._backlog = Backlog(on_caught_up)
        self._held_up = HeldUp()
        self._stopping = False

    async def run(self) -> None:
        """Until `stop`, then finishes the batches that are under way."""
        await asyncio.gather(*(self._work(worker) for worker in range(self._workers)))

    def stop(self) -> None:
        self._stopping = True
        self._signal.ring()
        self._backlog.grew.ring()

    async def _work(self, worker: int) -> None:
        while not self._stopping:
            try:
                async with self._pool.acquire() as connection:
                    await self._drain_shards(connection, worker)
            except postgres_errors.ANY as error:
                self._pause("postgres", str(error) or type(error).__name__)
                await self._throttle.wait()

    async def _drain_shards(self, connection: Connection, worker: int) -> None:
        lanes, idle_s = Lanes(worker, self._workers, self._held_up), SHORTEST_POLL_S
        while not self._stopping:
            await self._throttle.wait()
            workers = self._workers if self._backlog else 1
            ticket = (self._signal if worker < workers else self._backlog.grew).ticket()
            started = time.monotonic()
            # Who only helps writes next to nothing, and its rounds say nothing of when the others' end.
            with self._rounds.one() if worker < workers else nullcontext():
                ready = await ready_shards(connection)
                full_rows = self._throttle.batch_rows
                choice = lanes.choose(ready, full_rows, workers=workers, is_backlog=bool(self._backlog))
                result = await self._batch(connection, choice) if choice.shards else BatchResult()
            lanes.spent(choice.lane, time.monotonic() - started)
            self._backlog.note(worker, choice, result, full_rows=full_rows)
            if result.claimed:
                idle_s = SHORTEST_POLL_S
                if result.claimed < SMALL_BATCH_ROWS and not self._backlog:
                    await self._rounds.rest(rest_s(time.monotonic() - started))
            elif ready.background and not choice.shards:
                await wait_for(ticket, min(idle_s, lanes.background_in_s))
            elif await wait_for(ticket, idle_s):
                idle_s = SHORTEST_POLL_S
            else:
                # What others have to do may become this worker's.
                idle_s = min(idle_s * 2, HELD_UP_S if ready.live else self._longest_poll_s)

    async def _batch(self, connection: Connection, choice: Choice) -> BatchResult:
        try:
            with self._metrics.batch_seconds.time():
                result = await self._batches.batch(connection, choice.shards, choice.lane, choice.rows)
        except StoreUnavailable as error:
            self._pause(error.store, error.detail)
            return BatchResult()
        except DocumentsUnreadable as error:
            log.warning("documents_unreadable", rows=len(error.claim), error=str(error))
            if len(error.claim.root_ids()) == 1:
                await count_failure(connection, error.queue, error.claim, str(error))
            self._throttle.shrink()
            return BatchResult()
        self._metrics.count(result)
        if result.is_busy:
            self._pause("elasticsearch", "it refuses documents for now")
            if result.done:
                self._throttle.progressed()
        elif result.claimed:
            self._throttle.succeeded()
        if result.claimed:
            self._on_written()
        return result

    def _pause(self, store: str, reason: str) -> None:
        pause_s = self._throttle.failed()
        self._metrics.pauses.labels(store).inc()
        log.warning("relay_paused", store=store, reason=reason, pause_s=round(pause_s, 2))
