"""The projector process: the relay and what keeps the stores whole, until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
from contextlib import AsyncExitStack
from datetime import timedelta

import structlog

from projector import http, postgres_errors
from projector.bootstrap import JOBS_APPLICATION_NAME, STATEMENT_TIMEOUT_MS, Projector, open_projector
from projector.jobs import run_jobs
from projector.kafka.watch import keep_nothing_published
from projector.rebuild.rebuild import RebuildRefused, rebuild
from projector.rebuild.wishes import keep_wishes
from projector.redis_fill import keep_filled
from projector.relay.batch import nowhere
from projector.relay.project import CrashPoint
from projector.relay.wake import listen
from projector.sinks.elasticsearch import ElasticsearchRefused
from projector.stalled_sessions import keep_ending_stalled
from projector.targets import are_whole, current_targets, outdated, paused_rebuilds, unfinished_rebuilds
from projector.ticket_moves import keep_moving
from projector.verify.versions import raise_versions
from runtime.errors import StoreUnavailable
from runtime.files.choose import open_file_store
from runtime.settings import Settings
from runtime.tasks import cancel_all
from runtime.tracing.export import open_tracing
from runtime.tracing.spans import Tracing
from write_api.persistence.database import create_pool, pool_use

log = structlog.get_logger(__name__)

RETRY_PAUSE_S = 1.0
LOOK_AFTER_INDICES_S = 5.0
# A batch has its own deadlines; after this it is cancelled, which rolls it back.
STOP_TIMEOUT_S = 20.0
INDICES_LATER = (StoreUnavailable, ElasticsearchRefused, *postgres_errors.ANY)


async def run(settings: Settings, reached: CrashPoint = nowhere) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await run_until(stop, settings, reached)


async def run_until(stop: asyncio.Event, settings: Settings, reached: CrashPoint = nowhere) -> None:
    async with AsyncExitStack() as stack:
        tracing = open_tracing(settings, "projector")
        if tracing is not None:
            stack.push_async_callback(tracing.aclose)
        projector = await _open(stack, stop, settings, tracing)
        if projector is None:
            return
        jobs_pool = await create_pool(
            settings.database_url, application_name=JOBS_APPLICATION_NAME, min_size=0, max_size=4
        )
        stack.push_async_callback(jobs_pool.close)
        projector.metrics.stores.watch_pool(JOBS_APPLICATION_NAME, lambda: pool_use(jobs_pool))
        files = open_file_store(settings)
        stack.push_async_callback(files.aclose)
        await _make_indices(projector, stop)
        relay, ticker = projector.relay(reached), projector.ticker()
        await stack.enter_async_context(http.serve(projector, ticker.is_current))
        consumers = None if projector.kafka is None else projector.consumers(projector.kafka, reached)
        working = [asyncio.create_task(one.run()) for one in (relay, consumers) if one is not None]
        beside = [
            asyncio.create_task(work)
            for work in (
                listen(projector.redis.redis, projector.redis.keys.wake, projector.woken),
                ticker.run(),
                keep_filled(projector.pool, projector.redis),
                keep_ending_stalled(projector.pool, timedelta(milliseconds=STATEMENT_TIMEOUT_MS)),
                projector.credential_keeper().keep(),
                projector.access.keep(projector.pool),
                keep_indices(projector),
                run_jobs(projector, jobs_pool, files),
                keep_moving(jobs_pool, projector.woken.ring),
                keep_published(projector),
                keep_wishes(projector),
            )
        ]
        if settings.projector_sentinel_s:
            beside.append(asyncio.create_task(projector.sentinel(jobs_pool).run()))
        log.info("projector_started", namespace=settings.namespace, transport=settings.transport)
        await _until_stopped(stop, [*working, *beside])
        relay.stop()
        if consumers is not None:
            consumers.stop()
        await asyncio.wait(working, timeout=STOP_TIMEOUT_S)
        await cancel_all([*working, *beside])
        log.info("projector_stopped")


async def _open(
    stack: AsyncExitStack, stop: asyncio.Event, settings: Settings, tracing: Tracing | None
) -> Projector | None:
    """Waits for the stores: they may be starting, too."""
    while not stop.is_set():
        try:
            return await stack.enter_async_context(open_projector(settings, tracing=tracing))
        except (StoreUnavailable, *postgres_errors.ANY) as error:
            log.warning("waiting_for_stores", error=str(error))
        await _pause(stop, RETRY_PAUSE_S)
    return None


async def _make_indices(projector: Projector, stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await projector.ensure_targets()
            # Before anything is written: a version that is too low would lose without a word.
            if ahead := await raise_versions(projector.pool, projector.elasticsearch, projector.redis):
                log.error("versions_were_ahead", store=ahead.store, version=ahead.version, drawn=ahead.drawn)
            for name, version in outdated(await current_targets(projector.pool)).items():
                log.warning("index_is_outdated", model=name, schema=version, advice=f"projector rebuild {name}")
            return
        except INDICES_LATER as error:
            log.warning("indices_not_made", error=str(error))
        await _pause(stop, RETRY_PAUSE_S)


async def keep_indices(projector: Projector) -> None:
    """Until cancelled: finishes what a rebuild before us left, makes indices that are missing, and fills them."""
    is_whole = False
    while True:
        try:
            if not is_whole:
                await projector.ensure_targets()
                await _finish_rebuilds(projector)
            is_whole = await are_whole(projector.pool, projector.elasticsearch, projector.namespace)
        except INDICES_LATER as error:
            log.warning("indices_not_made", error=str(error))
        await asyncio.sleep(LOOK_AFTER_INDICES_S if is_whole else RETRY_PAUSE_S)


async def keep_published(projector: Projector) -> None:
    """Until cancelled: nothing that was published is forgotten, whatever Kafka loses, and whatever becomes of Kafka."""
    if projector.kafka is None:
        await keep_nothing_published(projector.pool)
    else:
        await projector.watch(projector.kafka).run()


async def _finish_rebuilds(projector: Projector) -> None:
    paused = await paused_rebuilds(projector.pool)
    for name in await unfinished_rebuilds(projector.pool):
        if name in paused:
            continue
        try:
            await rebuild(projector, [name], lambda name, phase, done, total: None, resume=True)
            log.warning("rebuild_finished", model=name)
        except RebuildRefused as error:
            # Somebody else is at it, or the new index is not good enough to go live.
            log.warning("rebuild_refused", model=name, error=str(error))


async def _until_stopped(stop: asyncio.Event, tasks: list[asyncio.Task[None]]) -> None:
    """Raises what ended one of the tasks: none of them ends by itself."""
    stopped = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait([stopped, *tasks], return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if stopped in done:
        return
    await cancel_all([task for task in tasks if task not in done])
    for task in done:
        task.result()


async def _pause(stop: asyncio.Event, pause_s: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), pause_s)
    except asyncio.TimeoutError:
        return
