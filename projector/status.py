"""What `projector status` shows: how far projection is, and what is wrong."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import orjson

from projector.bootstrap import Projector
from projector.freshness import measure
from projector.sinks.elasticsearch import ElasticsearchRefused
from projector.sinks.redis import within
from projector.targets import Target, are_whole, current_targets, outdated
from projector.ticket_moves import running_moves
from projector.verify import state
from projector.verify.versions import ahead_in_elasticsearch, ahead_in_redis
from read_models.registry import READ_MODELS
from runtime.errors import StoreUnavailable

LONGEST_SILENCE_S = 10.0
LONGEST_LAG_S = 60.0


async def status(projector: Projector) -> dict[str, Any]:
    measurement = await measure(projector.pool)
    targets = await current_targets(projector.pool)
    problems: list[str] = []
    documents = await _documents(projector, targets, problems)
    published = await _published(projector, problems)
    lag_s = (measurement.measured_at - measurement.as_of).total_seconds()
    if lag_s > LONGEST_LAG_S:
        problems.append(f"The oldest change has waited for {int(lag_s)} s.")
    for name, version in outdated(targets).items():
        problems.append(
            f"The index of {name} has schema {version}, this release writes {READ_MODELS[name].schema_version}:"
            f" run `projector rebuild {name}`."
        )
    dead = sum(state["dead"] for state in measurement.projections.values())
    if dead:
        problems.append(f"Dead letters: {dead}. See `projector dead list`, then `projector dead replay --all`.")
    for name, found in measurement.projections.items():
        if (wish := found["wish"]) is not None and wish["problem"] is not None:
            problems.append(f"The {wish['kind']} of {name} that was asked for did not succeed: {wish['problem']}")
    await _versions(projector, problems)
    await _transport(projector, problems)
    return {
        "namespace": projector.namespace,
        "transport": projector.settings.transport,
        "as_of": measurement.as_of,
        "lag_ms": max(0, int(lag_s * 1000)),
        "pending": measurement.pending,
        "published_at": published,
        "verification": await _verification(projector),
        "ticket_moves": await running_moves(projector.pool),
        "projections": {
            name: {
                **state,
                "indices": [
                    {
                        "name": target.index_name,
                        "state": target.state,
                        "documents": documents.get(target.index_name),
                    }
                    for target in targets
                    if target.projection == name
                ],
            }
            for name, state in measurement.projections.items()
        },
        "problems": problems,
    }


async def _documents(projector: Projector, targets: list[Target], problems: list[str]) -> dict[str, int]:
    try:
        if not await are_whole(projector.pool, projector.elasticsearch, projector.namespace):
            problems.append("An index or its alias is missing. A running projector makes it again and fills it.")
        counts = await projector.elasticsearch.call(
            "GET", f"/{projector.namespace}-*/_stats/docs?filter_path=indices.*.primaries.docs.count"
        )
    except (StoreUnavailable, ElasticsearchRefused) as error:
        problems.append(str(error))
        return {}
    indices = (counts or {}).get("indices", {})
    return {
        target.index_name: indices[target.index_name]["primaries"]["docs"]["count"]
        for target in targets
        if target.index_name in indices
    }


async def _transport(projector: Projector, problems: list[str]) -> None:
    if projector.kafka is None:
        return
    try:
        await projector.kafka.producer()
    except StoreUnavailable as error:
        problems.append(f"{error}. Changes wait in the outbox until it is back; nothing is lost.")


async def _versions(projector: Projector, problems: list[str]) -> None:
    try:
        found = [
            await ahead_in_elasticsearch(projector.pool, projector.elasticsearch),
            await ahead_in_redis(projector.pool, projector.redis),
        ]
    except (StoreUnavailable, ElasticsearchRefused):
        # Said already.
        return
    ahead = max((one for one in found if one is not None), key=lambda one: one.version, default=None)
    if ahead is not None:
        problems.append(
            f"Versions in {ahead.store.capitalize()} are ahead: {ahead.version}, while Postgres drew {ahead.drawn}."
            " So it is after Postgres was restored from an older backup, and until it is put right every change is lost"
            " as a conflict. Run `projector repair-versions`, then `projector verify --repair`; a projector that runs"
            " or starts does both by itself."
        )


async def _verification(projector: Projector) -> dict[str, Any] | None:
    """How far the continuous one is."""
    try:
        known = await state.load(projector.redis)
    except StoreUnavailable:
        return None
    return {
        "passes": {
            by: {
                "began_at": rotation.passed_from,
                "ended_at": rotation.passed_at,
                "checked": rotation.checked_by_pass,
            }
            for by, rotation in known.rotations.items()
        },
        "drift_found": known.drift_found,
        "drift_found_at": known.drift_found_at,
    }


async def _published(projector: Projector, problems: list[str]) -> datetime | None:
    try:
        value = await within(projector.redis.redis.get(projector.redis.keys.freshness))
    except StoreUnavailable as error:
        problems.append(str(error))
        return None
    published = None if value is None else datetime.fromisoformat(orjson.loads(value)["published_at"])
    silent_s = None if published is None else (datetime.now(timezone.utc) - published).total_seconds()
    if silent_s is None:
        problems.append("No projector has run yet. Start one with `projector run`.")
    elif silent_s > LONGEST_SILENCE_S:
        problems.append(f"No projector has reported for {int(silent_s)} s. Start one with `projector run`.")
    return published
