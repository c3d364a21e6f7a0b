"""Tells everybody how far projection is: what was committed before `as_of` can be found.

The time is taken before the refresh that makes it true, so it is never too late.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timezone
from secrets import token_hex
from typing import Any, NamedTuple

import asyncpg
import orjson
import structlog

from projector import postgres_errors
from projector.cadence import SHORTEST_INTERVAL_S, Cadence
from projector.locks import Pool
from projector.metrics import Metrics
from projector.projections.registry import PROJECTIONS, PROJECTIONS_BY_AGGREGATE, SENTINEL
from projector.published_letters import STATE as LETTERS
from projector.published_letters import PublishedLetters
from projector.rebuild.progress import KEPT, OF_ALL, WISHES
from projector.relay.claim import DRAWN_VERSION
from projector.relay.rounds import Rounds
from projector.relay.wake import Signal, wait_for
from projector.sinks.elasticsearch import Elasticsearch, ElasticsearchRefused
from projector.sinks.redis import RedisSink, within
from read_models import names
from runtime.errors import StoreUnavailable

log = structlog.get_logger(__name__)

IDLE_INTERVAL_S = 1.0
REFRESH_TIMEOUT_S = 10.0
LONGEST_SILENCE_S = 10.0
# Of dead letters only the newest are published, and of each the beginning: everybody reads this all the time.
MOST_FAILURES = 50
LONGEST_REASON = 200

# First this, in a statement of its own: a transaction that is gone from here has its rows visible in the next one, and
# whoever draws a later version is seen by the next measurement.
_BEFORE = f"""
SELECT least(clock_timestamp(), min(xact_start)) AS as_of, ({DRAWN_VERSION}) AS last_version FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND backend_xid IS NOT NULL
    AND application_name <> current_setting('application_name')"""
# Rows that wait for their next attempt hold up nobody but their own document.
_PENDING = """
SELECT aggregate_type, count(*) AS pending, count(*) FILTER (WHERE next_at > now()) AS retrying,
    min(created_at) FILTER (WHERE next_at <= now()) AS oldest
FROM pending_changes GROUP BY aggregate_type"""
_STATE = f"""
SELECT (SELECT string_agg(index_name, ',' ORDER BY index_name) FROM projection_targets WHERE state = 'live') AS live,
    (SELECT json_object_agg(projection, dead) FROM
        (SELECT projection, count(*) AS dead FROM outbox_dead GROUP BY projection) AS letters) AS dead,
    (SELECT json_object_agg(name, reason) FROM (
        SELECT DISTINCT ON (name)
            aggregate_type || ':' || aggregate_id AS name, left(reason, {LONGEST_REASON}) AS reason
        FROM (SELECT * FROM outbox_dead ORDER BY failed_at DESC LIMIT {MOST_FAILURES}) AS newest
        ORDER BY name, failed_at DESC
    ) AS failed) AS failures,
    {LETTERS} AS letters,
    {OF_ALL} AS rebuilds, {WISHES} AS wishes, {KEPT} AS kept"""


class Written(NamedTuple):
    """While it is the same, nothing was written that could be found."""

    last_version: int
    live_indices: str


@dataclass(frozen=True)
class Measurement:
    as_of: datetime
    measured_at: datetime
    pending: int
    # Also when it is only a sentinel that nobody waits for.
    has_work: bool
    written: Written
    projections: dict[str, dict[str, Any]]
    # `type:id` of an aggregate -> why its newest dead letter is dead.
    failures: dict[str, str]
    # Another text after every change of the dead letters.
    letters: str


async def measure(pool: Pool) -> Measurement:
    async with pool.acquire() as connection:
        before = await connection.fetchrow(_BEFORE)
        waiting = await connection.fetch(_PENDING)
        state = await connection.fetchrow(_STATE)
    assert before is not None and state is not None
    now = datetime.now(timezone.utc)
    pending = [row for row in waiting if row["aggregate_type"] != SENTINEL]
    return Measurement(
        as_of=min([before["as_of"], *(row["oldest"] for row in pending if row["oldest"])]),
        measured_at=now,
        pending=sum(row["pending"] for row in pending),
        has_work=bool(waiting),
        written=Written(before["last_version"], state["live"] or ""),
        projections=_by_projection(pending, state, now),
        failures=state["failures"] or {},
        letters=state["letters"],
    )


def _by_projection(pending: list[asyncpg.Record], state: asyncpg.Record, now: datetime) -> dict[str, dict[str, Any]]:
    dead, rebuilds, wishes, kept = (state[name] or {} for name in ("dead", "rebuilds", "wishes", "kept"))
    answer = {}
    for name, projection in PROJECTIONS.items():
        feeding = [row for row in pending if projection in PROJECTIONS_BY_AGGREGATE.get(row["aggregate_type"], ())]
        oldest = min((row["oldest"] for row in feeding if row["oldest"]), default=None)
        answer[name] = {
            "pending": sum(row["pending"] for row in feeding),
            "retrying": sum(row["retrying"] for row in feeding),
            "oldest_pending_age_ms": None if oldest is None else max(0, int((now - oldest).total_seconds() * 1000)),
            "dead": dead.get(name, 0),
            "rebuild": rebuilds.get(name),
            "wish": wishes.get(name),
            "kept_index": kept.get(name),
        }
    return answer


def _version_in(published: bytes | None) -> int:
    return 0 if published is None else int(orjson.loads(published).get("projection_version", 0))


class FreshnessTicker:
    def __init__(
        self,
        pool: Pool,
        elasticsearch: Elasticsearch,
        redis: RedisSink,
        namespace: str,
        written: Signal,
        caught_up: Signal,
        rounds: Rounds,
        metrics: Metrics,
    ) -> None:
        self._pool = pool
        self._elasticsearch = elasticsearch
        self._redis = redis
        self._aliases = ",".join(names.alias(namespace, model) for model in PROJECTIONS)
        self._written = written
        self._caught_up = caught_up
        self._rounds = rounds
        self._metrics = metrics
        self._refreshed: Written | None = None
        self._refresh = ""
        self._published_at = float("-inf")
        self._was_pending = True
        self._highest_version = 0
        self._letters = PublishedLetters(pool, redis)
        self._cadence = Cadence()

    def is_current(self) -> bool:
        return time.monotonic() - self._published_at < LONGEST_SILENCE_S

    async def run(self) -> None:
        """Until cancelled."""
        ticket = self._written.ticket()
        while True:
            caught_up, due_at = self._caught_up.ticket(), time.monotonic()
            await self._rounds.until_one_ends()
            try:
                await self._publish_in_turn()
                self._published_at = time.monotonic()
            except (StoreUnavailable, ElasticsearchRefused, *postgres_errors.ANY) as error:
                log.warning("freshness_not_published", error=str(error))
            due_at += self._cadence.interval_s
            await wait_for(ticket, IDLE_INTERVAL_S)
            # What was waited for in a backlog can be found a pause sooner.
            await wait_for(caught_up, max(0.0, due_at - time.monotonic()))
            ticket = self._written.ticket()

    async def publish(self) -> Measurement:
        measurement = await measure(self._pool)
        # Other projectors write, too: each draws versions, and what was pending may have been written by any of them.
        if self._was_pending or measurement.written != self._refreshed:
            await self._elasticsearch.call("POST", f"/{self._aliases}/_refresh", timeout_s=REFRESH_TIMEOUT_S)
            self._refreshed, self._refresh = measurement.written, token_hex(8)
        self._was_pending = measurement.has_work
        published_at = datetime.now(timezone.utc)
        # Never less than what was published before: after Postgres was restored from a backup that tells.
        if not self._highest_version:
            published = self._redis.redis.get(self._redis.keys.freshness)
            self._highest_version = _version_in(await within(published))
        self._highest_version = max(self._highest_version, measurement.written.last_version)
        body = {
            "as_of": measurement.as_of,
            "published_at": published_at,
            # As long as it is the same, readers find the same.
            "refreshed": self._refresh,
            "projection_version": self._highest_version,
            "projections": measurement.projections,
            "failures": measurement.failures,
        }
        await self._letters.publish(measurement.letters)
        setting = self._redis.redis.set(self._redis.keys.freshness, orjson.dumps(body), get=True)
        self._highest_version = max(self._highest_version, _version_in(await within(setting)))
        self._metrics.lag_seconds.set((published_at - measurement.as_of).total_seconds())
        for name, state in measurement.projections.items():
            self._metrics.pending.labels(name).set(state["pending"])
            self._metrics.oldest_pending_seconds.labels(name).set((state["oldest_pending_age_ms"] or 0) / 1_000)
            self._metrics.note_rebuild(name, state["rebuild"])
            self._metrics.dead.labels(name).set(state["dead"])
        return measurement

    async def _publish_in_turn(self) -> None:
        """Several projectors share the ticks between them."""
        if not await self._redis.take_turn("turn", int(SHORTEST_INTERVAL_S * 750)):
            return
        started = time.monotonic()
        try:
            await self.publish()
        finally:
            self._cadence.note(time.monotonic() - started)
