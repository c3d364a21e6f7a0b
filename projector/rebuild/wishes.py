"""What operators wished for through the command API, taken up by whichever projector comes first.

The table is the truth: a wish is there until it was done, so one that was interrupted by anything is taken up again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from projector import postgres_errors
from projector.bootstrap import Projector
from projector.locks import Pool
from projector.projections.registry import PROJECTIONS
from projector.rebuild.rebuild import rebuild
from projector.rebuild.rollback import Rollback
from projector.rebuild.switch import AnotherAtWork, RebuildRefused, Report
from projector.relay.wake import wait_for
from projector.sinks.elasticsearch import ElasticsearchRefused
from runtime.errors import StoreUnavailable
from runtime.tasks import cancel_all

log = structlog.get_logger(__name__)

LATER = (StoreUnavailable, ElasticsearchRefused, *postgres_errors.ANY)
# Every commit wakes; a wish is seldom.
SHORTEST_PAUSE_S = 0.25
LONGEST_PAUSE_S = 2.0
RETRY_PAUSE_S = 1.0
# Whether what is under way was paused.
LOOK_EVERY_S = 1.0

_NEXT = """
SELECT wish.projection, wish.kind, wish.operation_id, progress.projection IS NOT NULL AS is_unfinished,
    COALESCE(progress.started_at >= wish.wished_at, false) AS has_begun
FROM projection_wishes AS wish LEFT JOIN rebuild_progress AS progress ON progress.projection = wish.projection
WHERE wish.refused_at IS NULL AND wish.paused_at IS NULL AND NOT wish.projection = ANY ($1::text[])
ORDER BY wish.wished_at, wish.projection LIMIT 1"""
# One that is paused stands in nobody's way.
_GIVES_WAY = """
SELECT EXISTS (SELECT FROM projection_wishes WHERE projection = $1 AND paused_at IS NOT NULL)
    AND EXISTS (
        SELECT FROM projection_wishes WHERE projection <> $1 AND paused_at IS NULL AND refused_at IS NULL
    )"""
# Not one that somebody has wished for meanwhile.
_WITHDRAW = "DELETE FROM projection_wishes WHERE projection = $1 AND operation_id = $2"
_REFUSE = """
UPDATE projection_wishes SET refused_at = clock_timestamp(), problem = $3, paused_at = NULL
WHERE projection = $1 AND operation_id = $2"""


@dataclass(frozen=True)
class Wish:
    projection: str
    kind: str
    operation_id: UUID
    # A rebuild or a rollback of it was begun: by this wish, or before it.
    is_unfinished: bool
    has_begun: bool


async def keep_wishes(projector: Projector) -> None:
    """Until cancelled."""
    while True:
        ticket = projector.woken.ticket()
        try:
            await fulfil_all(projector)
            await asyncio.sleep(SHORTEST_PAUSE_S)
            await wait_for(ticket, LONGEST_PAUSE_S)
        except LATER as error:
            log.warning("wish_postponed", error=str(error))
            await asyncio.sleep(RETRY_PAUSE_S)


async def fulfil_all(projector: Projector, report: Report = lambda name, phase, done, total: None) -> None:
    """One after another: a rebuild takes what Elasticsearch has to give."""
    looked_at: set[str] = set()
    while (wish := await _next(projector.pool, looked_at)) is not None:
        looked_at.add(wish.projection)
        await _fulfil(projector, wish, report)


async def _next(pool: Pool, but: Collection[str]) -> Wish | None:
    row = await pool.fetchrow(_NEXT, list(but))
    return None if row is None else Wish(**row)


async def _fulfil(projector: Projector, wish: Wish, report: Report) -> None:
    pool, ids = projector.pool, (wish.projection, wish.operation_id)
    try:
        is_done = await _unless_it_gives_way(pool, wish.projection, _work(projector, wish, report))
    except AnotherAtWork:
        # Whoever wanted it to go on has that; who wanted a new one waits until this one has ended.
        is_done = wish.kind == "resume"
    except RebuildRefused as error:
        log.warning("wish_refused", model=wish.projection, kind=wish.kind, error=str(error))
        await pool.execute(_REFUSE, *ids, str(error))
        return
    except LATER:
        raise
    except Exception as error:
        # It would only fail once more; an operator has to know.
        log.exception("wish_failed", model=wish.projection, kind=wish.kind)
        await pool.execute(_REFUSE, *ids, f"{type(error).__name__}: {error}. The log of the projector says more.")
        return
    if is_done:
        log.info("wish_fulfilled", model=wish.projection, kind=wish.kind)
        await pool.execute(_WITHDRAW, *ids)


async def _work(projector: Projector, wish: Wish, report: Report) -> None:
    name = wish.projection
    if wish.has_begun or (wish.kind == "resume" and wish.is_unfinished):
        await rebuild(projector, [name], report, resume=True)
    elif wish.kind == "rollback":
        await Rollback(projector, PROJECTIONS[name], report).run()
    elif wish.kind == "rebuild":
        await rebuild(projector, [name], report)


async def _unless_it_gives_way(pool: Pool, name: str, work: Coroutine[Any, Any, None]) -> bool:
    """False if it was paused while others wait: it goes on later, where it stopped."""
    working = asyncio.create_task(work)
    try:
        while not (await asyncio.wait([working], timeout=LOOK_EVERY_S))[0]:
            if await pool.fetchval(_GIVES_WAY, name):
                log.info("wish_gives_way", model=name)
                return False
        await working
        return True
    finally:
        await cancel_all([working])
