"""Work beside the relay, as arq jobs: the tables are the truth, the queue only says when."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timezone
from typing import Any, cast

import structlog
from arq import cron, func
from arq.connections import ArqRedis
from arq.typing import WorkerCoroutine
from arq.worker import Worker
from redis.exceptions import RedisError

from projector import housekeeping, postgres_errors
from projector.api_token_uses import write_down_uses
from projector.attachment_files import sweep_files
from projector.bootstrap import Projector
from projector.handlers import JOB, handle, queue_name
from projector.locks import Pool
from projector.sinks.elasticsearch import ElasticsearchRefused
from projector.verify.patrol import EVERY_S, Patrol
from runtime.credential_keys import CredentialKeys
from runtime.errors import StoreUnavailable
from runtime.files.store import FileStore
from runtime.tasks import cancel_all
from write_api.persistence.expiry import forget_expired
from write_api.persistence.scheduled_publishing import publish_due

log = structlog.get_logger(__name__)

RESTART_PAUSE_S = 1.0
EVERY_FIVE_SECONDS = set(range(0, 60, 5))
# Beside the other one, not at the same moment.
VERIFY_SECONDS = set(range(2, 60, EVERY_S))
KEEP_RESULT_S = 3600


def when_stores_are_there(job: Callable[[Mapping[str, Any]], Awaitable[int]]) -> WorkerCoroutine:
    """For jobs that come again by themselves: without a store there is nothing to do, and nothing wrong here."""

    async def run(context: Mapping[str, Any]) -> int:
        try:
            return await job(context)
        except (StoreUnavailable, ElasticsearchRefused, *postgres_errors.ANY) as error:
            log.warning("job_postponed", job=job.__name__, error=str(error))
            return 0

    return cast(WorkerCoroutine, run)


def build_worker(projector: Projector, pool: Pool, files: FileStore) -> Worker:
    """`pool` is for the jobs alone: their transactions are commands, which freshness has to wait for."""
    namespace = projector.namespace
    patrol = Patrol(projector)

    async def verify(_: Mapping[str, Any]) -> int:
        return len(await patrol.look())

    async def publish_scheduled(_: Mapping[str, Any]) -> int:
        published = await publish_due(pool, datetime.now(timezone.utc))
        if published:
            projector.woken.ring()
        return published

    async def reap_tombstones(_: Mapping[str, Any]) -> int:
        return await housekeeping.reap_tombstones(pool, projector.elasticsearch)

    async def write_down_api_token_uses(_: Mapping[str, Any]) -> int:
        return await write_down_uses(pool, projector.redis.redis, CredentialKeys(namespace))

    async def delete_expired(_: Mapping[str, Any]) -> int:
        return await forget_expired(pool)

    async def sweep_attachments(_: Mapping[str, Any]) -> int:
        return await sweep_files(pool, files)

    async def handle_event(_: Mapping[str, Any], name: str, event_id: str) -> None:
        await handle(pool, projector.handlers, name, event_id)

    # arq's keys are the same for everybody on a Redis, but for the queue and the names of jobs.
    return Worker(
        functions=[func(cast(WorkerCoroutine, handle_event), name=JOB)],
        cron_jobs=[
            cron(
                when_stores_are_there(publish_scheduled),
                name=f"{namespace}:publish_scheduled",
                second=EVERY_FIVE_SECONDS,
            ),
            cron(when_stores_are_there(verify), name=f"{namespace}:verify", second=VERIFY_SECONDS),
            cron(
                when_stores_are_there(write_down_api_token_uses),
                name=f"{namespace}:write_down_api_token_uses",
                second=45,
            ),
            cron(when_stores_are_there(reap_tombstones), name=f"{namespace}:reap_tombstones", minute=7),
            cron(when_stores_are_there(delete_expired), name=f"{namespace}:delete_expired", minute=37),
            # After the rows that have expired.
            cron(when_stores_are_there(sweep_attachments), name=f"{namespace}:sweep_attachments", minute=47),
        ],
        queue_name=queue_name(namespace),
        redis_pool=ArqRedis(projector.redis.redis.connection_pool, default_queue_name=queue_name(namespace)),
        handle_signals=False,
        keep_result=KEEP_RESULT_S,
        log_results=False,
        timezone=timezone.utc,
    )


async def run_jobs(projector: Projector, pool: Pool, files: FileStore) -> None:
    """Until cancelled. arq gives up when Redis is away; here it begins again."""
    while True:
        worker = build_worker(projector, pool, files)
        try:
            await worker.async_run()
        except (RedisError, OSError, asyncio.TimeoutError) as error:
            log.warning("jobs_paused", error=str(error))
            await asyncio.sleep(RESTART_PAUSE_S)
        finally:
            await cancel_all(worker.tasks.values())
