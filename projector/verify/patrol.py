"""Verification that never ends: a small share of the time, going on where it stopped, and repair of what drifted.

First what was written to Elasticsearch since the last look, whoever wrote it; then the rotations, cheapest first.
"""

from __future__ import annotations

import time
from datetime import datetime, timezone

import structlog

from projector import postgres_errors
from projector.bootstrap import Projector
from projector.locks import VERIFY, try_session_lock, unlock_session
from projector.projections.registry import PROJECTIONS
from projector.redis_fill import is_filled
from projector.sinks.elasticsearch import ElasticsearchRefused
from projector.targets import unfinished_rebuilds
from projector.verify import changes, state, versions
from projector.verify.changes import Shard, Unproven
from projector.verify.difference import Difference
from projector.verify.elasticsearch import aggregate_of
from projector.verify.pace import PASS_EVERY_S, Pace
from projector.verify.recheck import drifted
from projector.verify.repair import await_relay, repair
from projector.verify.rotations import QUICK, REDIS, Rotations
from projector.verify.state import Rotation, State
from projector.verify.verify import Verifier, open_verifier
from runtime.errors import StoreUnavailable

log = structlog.get_logger(__name__)

EVERY_S = 5
# Of these seconds, looking at what was written and at contents may take this many,
BUDGET_S = 0.4
# and each of the quick passes so many times as long: more only where it would not be through in time otherwise.
MOST_FOR_QUICK = 2.5
# What is repaired at once is held in memory.
MOST_SUSPECTS = 5_000
# For changes on their way; then they are left to the next pass.
LONGEST_WAIT_S = 15.0
CHANGED = "changed"


class Patrol:
    def __init__(self, projector: Projector, budget_s: float = BUDGET_S) -> None:
        self._projector = projector
        self._pool = projector.pool
        self._elasticsearch = projector.elasticsearch
        self._metrics = projector.metrics
        self._budget_s = budget_s
        # At first more than any: look.
        self._drawn = versions.HIGHEST

    async def look(self) -> list[Difference]:
        """One look, unless another projector is at it; answers what had drifted."""
        try:
            async with self._pool.acquire() as connection:
                if not await try_session_lock(connection, VERIFY):
                    return []
                try:
                    return await self._look()
                finally:
                    if not connection.is_closed():
                        await unlock_session(connection, VERIFY)
        except (StoreUnavailable, ElasticsearchRefused, *postgres_errors.ANY) as error:
            log.warning("verify_paused", error=str(error))
            return []

    async def _look(self) -> list[Difference]:
        known = await state.load(self._projector.redis)
        if await self._catch_up():
            # Nothing that was seen before counts: begin at once.
            known.rotations.clear()
            known.paces.clear()
        rebuilding = set(await unfinished_rebuilds(self._pool))
        verifier = await open_verifier(self._projector)
        names = [name for name in PROJECTIONS if name in verifier.indices and name not in rebuilding]
        started = time.monotonic()
        suspects = await self._changed(known, verifier, names, started + self._budget_s / 2)
        left_s = self._budget_s - (time.monotonic() - started)
        suspects += await self._rotate(known, verifier, names, left_s, MOST_SUSPECTS - len(suspects))
        self._metrics.verify_seconds.inc(time.monotonic() - started)
        suspects = await verifier.lasting(suspects, LONGEST_WAIT_S)
        drift = await drifted(self._pool, suspects, verifier.look_again)
        if drift and verifier.indices == (await open_verifier(self._projector)).indices:
            await self._repair(known, drift)
        await state.save(self._projector.redis, known)
        return drift

    async def _catch_up(self) -> bool:
        """All versions in Elasticsearch are only looked at where something says that Postgres went back."""
        drawn_before, self._drawn = self._drawn, await versions.drawn_version(self._pool)
        is_ahead = await versions.ahead_in_redis(self._pool, self._projector.redis) is not None
        if not is_ahead and drawn_before <= self._drawn:
            return False
        raised = await versions.raise_versions(self._pool, self._elasticsearch, self._projector.redis)
        if raised is not None:
            self._metrics.versions_raised.inc()
            log.error("versions_were_ahead", store=raised.store, version=raised.version, drawn=raised.drawn)
        return raised is not None

    async def _changed(self, known: State, verifier: Verifier, names: list[str], until: float) -> list[Difference]:
        """Contents that are not what their own digests say, among what was written since the last look."""
        indices = {verifier.indices[name]: name for name in names}
        found: list[Difference] = []
        processed = await changes.processed(self._elasticsearch, list(indices)) if indices else {}
        # An index that is being rebuilt is not looked at, and what is known of it is kept.
        kept = {key: known.unproven[key] for key in known.unproven if key.split("/")[0] in verifier.indices.values()}
        known.unproven = {**{shard.key: Unproven() for shard in processed}, **kept}
        for shard, number in processed.items():
            known.unproven[shard.key].advance(number)
        for shard in processed:
            unproven, is_first = known.unproven[shard.key], True
            while unproven.newest is not None and (is_first or time.monotonic() < until):
                is_first = False
                found += await self._prove(verifier, indices[shard.index], shard, unproven)
        return found

    async def _prove(self, verifier: Verifier, name: str, shard: Shard, unproven: Unproven) -> list[Difference]:
        assert unproven.newest is not None
        page = await changes.newest_page(self._elasticsearch, shard, *unproven.newest)
        unproven.prove(page.down_to)
        self._metrics.verified.labels(CHANGED).inc(len(page.ids))
        if page.highest_version > await versions.drawn_version(self._pool):
            await versions.raise_to(self._pool, page.highest_version)
            self._metrics.versions_raised.inc()
        forged = await changes.forged(self._elasticsearch, shard.index, PROJECTIONS[name].model.key, page.ids)
        if not forged:
            return []
        return await verifier.ranges(PROJECTIONS[name]).compare([aggregate_of(id_) for id_ in forged], forged)

    async def _rotate(
        self, known: State, verifier: Verifier, names: list[str], left_s: float, most: int
    ) -> list[Difference]:
        """At least one step of each, whatever the others take. The quick ones do not wait for a backlog of others."""
        found: list[Difference] = []
        is_redis_filled = await is_filled(self._projector.redis)
        for by, step in Rotations(verifier, names).steps.items() if names else ():
            rotation = known.rotations.setdefault(by, Rotation())
            if by == REDIS and not is_redis_filled:
                continue
            pace = known.paces.setdefault(by, Pace())
            share_s = pace.share_s(EVERY_S, self._budget_s * MOST_FOR_QUICK) if by in QUICK else left_s
            until, is_first = time.monotonic() + share_s, True
            while len(found) < most and (is_first or time.monotonic() < until) and self._is_due(rotation):
                is_first = False
                now = datetime.now(timezone.utc)
                if rotation.place is None:
                    rotation.begin(now)
                began = time.monotonic()
                done = await step(rotation.place)
                pace.spend(time.monotonic() - began, is_over=done.place is None)
                rotation.go_on(done.place, done.checked, datetime.now(timezone.utc))
                self._metrics.verified.labels(by).inc(done.checked)
                found += done.differences
            if rotation.passed_at is not None:
                self._metrics.verified_at.labels(by).set(rotation.passed_at.timestamp())
        return found

    @staticmethod
    def _is_due(rotation: Rotation) -> bool:
        if rotation.place is not None or rotation.began_at is None:
            return True
        return (datetime.now(timezone.utc) - rotation.began_at).total_seconds() >= PASS_EVERY_S

    async def _repair(self, known: State, drift: list[Difference]) -> None:
        for difference in drift:
            self._metrics.drift.labels(difference.store, difference.projection, difference.kind).inc()
        known.drift_found += len(drift)
        known.drift_found_at = datetime.now(timezone.utc)
        log.error("drift_found", count=len(drift), first=drift[0].describe())
        left = await repair(self._projector, drift, await_relay)
        self._metrics.unrepaired.set(len(left))
