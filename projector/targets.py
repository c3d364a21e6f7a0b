"""Which index each read model is written to: one live, one more while a rebuild is building it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import structlog

from projector.index_layout import ON_ONE_MACHINE, IndexLayout
from projector.locks import TARGETS, Connection, Pool, lock_in_transaction
from projector.sinks.elasticsearch import Elasticsearch, ElasticsearchRefused
from read_models import names
from read_models.model import ALIAS_FILTER, ReadModel
from read_models.registry import READ_MODELS
from runtime.errors import StoreUnavailable

log = structlog.get_logger(__name__)

_WANT_REBUILD = """
INSERT INTO rebuild_progress (projection, index_name, total) VALUES ($1, $2, 0) ON CONFLICT (projection) DO NOTHING"""
# Whoever waits for another projector, or for a slow Elasticsearch, must not be ended by the timeouts of short work. But
# one that sleeps with the lock would keep all others from starting.
_PATIENT = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = '120s'"


@dataclass(frozen=True)
class Target:
    projection: str
    index_name: str
    state: str


async def current_targets(connection: Connection | Pool) -> list[Target]:
    rows = await connection.fetch(
        "SELECT projection, index_name, state FROM projection_targets ORDER BY projection, created_at"
    )
    return [Target(**row) for row in rows]


def require_all_live(targets: list[Target]) -> None:
    """Without its index a document would be written nowhere, and its row deleted all the same."""
    missing = set(READ_MODELS) - {target.projection for target in targets if target.state == "live"}
    if missing:
        raise StoreUnavailable("elasticsearch", f"no index yet for {', '.join(sorted(missing))}")


async def are_whole(pool: Pool, elasticsearch: Elasticsearch, namespace: str) -> bool:
    """Whether every read model has its live index, found under its alias: one cheap look."""
    live = {target.projection: target.index_name for target in await current_targets(pool) if target.state == "live"}
    aliases = await elasticsearch.call("GET", f"/{namespace}-*/_alias")
    return set(live) == set(READ_MODELS) and all(
        names.alias(namespace, model) in aliases.get(index_name, {}).get("aliases", {})
        for model, index_name in live.items()
    )


async def unfinished_rebuilds(pool: Pool) -> list[str]:
    """Read models whose rebuild was interrupted, or is wanted because their index was lost."""
    return [
        row["projection"] for row in await pool.fetch("SELECT projection FROM rebuild_progress ORDER BY projection")
    ]


async def paused_rebuilds(pool: Pool) -> set[str]:
    rows = await pool.fetch("SELECT projection FROM rebuild_progress WHERE paused_at IS NOT NULL")
    return {row["projection"] for row in rows}


def outdated(targets: list[Target]) -> dict[str, int]:
    """Read models whose live index was made by an earlier release, and the version of its schema."""
    return {
        target.projection: version
        for target in targets
        if target.state == "live"
        and (version := names.schema_version_of(target.index_name)) < READ_MODELS[target.projection].schema_version
    }


def new_index_name(namespace: str, model: ReadModel) -> str:
    generation = datetime.now(timezone.utc).strftime("%Y%m%d%H%M%S%f")
    return names.index(namespace, model.name, model.schema_version, generation)


async def ensure_targets(
    pool: Pool, elasticsearch: Elasticsearch, namespace: str, refresh_ms: int, layout: IndexLayout = ON_ONE_MACHINE
) -> None:
    """Creates what is missing. A live index that was lost is empty now; it is noted as a rebuild that is wanted."""
    async with pool.acquire() as connection, connection.transaction():
        # Several projectors may start at once.
        await connection.execute(_PATIENT)
        await lock_in_transaction(connection, TARGETS)
        live = {target.projection: target for target in await current_targets(connection) if target.state == "live"}
        indices = {
            name: live[name].index_name if name in live else new_index_name(namespace, model)
            for name, model in READ_MODELS.items()
        }
        await layout.spread(elasticsearch)
        # At once: Elasticsearch takes several changes of its state in one step.
        are_new = await asyncio.gather(
            *(
                create_index(elasticsearch, indices[name], layout.body(model, refresh_ms=refresh_ms))
                for name, model in READ_MODELS.items()
            )
        )
        await connection.executemany(
            "INSERT INTO projection_targets (projection, index_name, state) VALUES ($1, $2, 'live')",
            [(name, index_name) for name, index_name in indices.items() if name not in live],
        )
        await connection.executemany(
            _WANT_REBUILD,
            [(name, indices[name]) for name, is_new in zip(READ_MODELS, are_new) if is_new and name in live],
        )
        await asyncio.gather(
            *(add_fields(elasticsearch, indices[name], READ_MODELS[name]) for name in live),
            *(layout.bring(elasticsearch, indices[name], READ_MODELS[name], refresh_ms=refresh_ms) for name in live),
            *(point_alias(elasticsearch, namespace, name, indices[name]) for name in indices),
        )


async def create_index(elasticsearch: Elasticsearch, index_name: str, body: dict[str, Any], whole_s: int = 0) -> bool:
    """False if it is there already. For so long it is waited for until all copies of its shards have started."""
    if await elasticsearch.call("GET", f"/{index_name}/_settings?filter_path=*.settings.index.uuid", missing_ok=True):
        return False
    wait = f"?wait_for_active_shards=all&timeout={whole_s}s" if whole_s else ""
    created = await elasticsearch.call("PUT", f"/{index_name}{wait}", body)
    if not created["shards_acknowledged"]:
        log.warning("copies_not_started", index=index_name, waited_s=whole_s)
    return True


async def add_fields(elasticsearch: Elasticsearch, index_name: str, model: ReadModel) -> None:
    """A live index takes what this release writes until it is rebuilt; only a field that has changed has to wait."""
    found = await elasticsearch.call("GET", f"/{index_name}/_mapping")
    known = found[index_name]["mappings"].get("properties", {})
    for name, mapping in model.index_body()["mappings"]["properties"].items():
        if name in known:
            continue
        try:
            await elasticsearch.call("PUT", f"/{index_name}/_mapping", {"properties": {name: mapping}})
        except ElasticsearchRefused as error:
            log.warning("field_not_added", index=index_name, field=name, error=str(error))


async def point_alias(elasticsearch: Elasticsearch, namespace: str, model: str, index_name: str) -> None:
    """In one step: readers see the old index or the new one, never none or both."""
    alias = names.alias(namespace, model)
    holders = await elasticsearch.call("GET", f"/_alias/{alias}", missing_ok=True) or {}
    if list(holders) == [index_name] and "filter" in holders[index_name]["aliases"][alias]:
        return
    actions: list[dict[str, Any]] = [
        {"remove": {"index": holder, "alias": alias}} for holder in holders if holder != index_name
    ]
    actions.append({"add": {"index": index_name, "alias": alias, "filter": ALIAS_FILTER}})
    await elasticsearch.call("POST", "/_aliases", {"actions": actions})


async def delete_index(elasticsearch: Elasticsearch, index_name: str) -> None:
    await elasticsearch.call("DELETE", f"/{index_name}", missing_ok=True)
