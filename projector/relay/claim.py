"""Taking pending rows: which shards have some, and the rows themselves.

A shard's rows are changed by nobody but the holder of its lock, so they need no locks of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

from projector.locks import Connection, Pool
from write_api.persistence.outbox import SHARDS

LIVE_LANE = 0
# Fan-out, repairs and replays: work that may wait.
BACKGROUND_LANE = 1
# Further rows of the aggregates in a batch are claimed with them, up to this many times its limit.
COALESCED = 4
# A new sequence says 1 before anybody drew from it.
DRAWN_VERSION = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM projection_version"

Place = tuple[int, int]

_READY = f"""
SELECT lane, shard
FROM generate_series({LIVE_LANE}, {BACKGROUND_LANE}) AS lane, generate_series(0, {SHARDS - 1}) AS shard
WHERE EXISTS (SELECT 1 FROM outbox AS o WHERE o.shard = shard.shard AND o.lane = lane.lane AND o.next_at <= now())"""

COLUMNS = "ctid AS place, id, aggregate_type, aggregate_id, part_of, event_id, event_type, created_at, next_at"
# Column by column: thousands of rows cost a few arrays instead of thousands of objects.
BY_TYPE = """
SELECT aggregate_type, array_agg(place) AS places, array_agg(id) AS ids, array_agg(aggregate_id) AS aggregate_ids,
    array_agg(part_of) AS roots_of_parts, array_agg(event_id) AS event_ids, array_agg(event_type) AS event_types,
    extract(epoch FROM clock_timestamp() - min(greatest(created_at, next_at)))::float8 AS waited_s
FROM ({rows}) AS claimed GROUP BY aggregate_type"""
_CLAIM = BY_TYPE.format(rows=f"""
    SELECT o.*
    FROM unnest($1::smallint[]) AS mine (shard)
    CROSS JOIN LATERAL (
        SELECT {COLUMNS} FROM outbox
        WHERE shard = mine.shard AND lane = $2 AND next_at <= now()
        ORDER BY id LIMIT $3
    ) AS o""")
_CLAIM_REST = f"""
    SELECT o.*
    FROM unnest($1::uuid[]) AS root (id)
    CROSS JOIN LATERAL (
        SELECT {COLUMNS} FROM {{table}}
        WHERE root_id = root.id AND shard = ANY ($2::smallint[]) AND next_at <= now() OFFSET 0
    ) AS o
    WHERE NOT EXISTS (SELECT 1 FROM unnest($3::bigint[]) AS claimed (id) WHERE claimed.id = o.id)
    LIMIT $4"""


@dataclass(frozen=True)
class ReadyShards:
    live: frozenset[int]
    background: frozenset[int]


@dataclass(frozen=True)
class Rows:
    """Claimed rows of one aggregate type; the lists belong together."""

    aggregate_type: str
    places: list[Place] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    aggregate_ids: list[UUID] = field(default_factory=list)
    # Of parts: the aggregate they belong to.
    roots_of_parts: list[UUID | None] = field(default_factory=list)
    event_ids: list[UUID | None] = field(default_factory=list)
    event_types: list[str] = field(default_factory=list)

    def extend(self, record: asyncpg.Record) -> None:
        self.places.extend(record["places"])
        self.ids.extend(record["ids"])
        self.aggregate_ids.extend(record["aggregate_ids"])
        self.roots_of_parts.extend(record["roots_of_parts"])
        self.event_ids.extend(record["event_ids"])
        self.event_types.extend(record["event_types"])


@dataclass
class Claim:
    by_type: dict[str, Rows] = field(default_factory=dict)
    # Since the first of the rows could have been claimed.
    waited_s: float = 0.0

    def add(self, records: Iterable[asyncpg.Record]) -> None:
        for record in records:
            self.by_type.setdefault(record["aggregate_type"], Rows(record["aggregate_type"])).extend(record)
            self.waited_s = max(self.waited_s, record["waited_s"])

    def __len__(self) -> int:
        return sum(len(rows.ids) for rows in self.by_type.values())

    @property
    def ids(self) -> list[int]:
        return [id_ for rows in self.by_type.values() for id_ in rows.ids]

    @property
    def places(self) -> list[Place]:
        return [place for rows in self.by_type.values() for place in rows.places]

    def root_ids(self) -> set[UUID]:
        roots: set[UUID] = set()
        for rows in self.by_type.values():
            parents = set(rows.roots_of_parts)
            roots.update(rows.aggregate_ids if parents == {None} else parents - {None})  # type: ignore[arg-type]
        return roots


async def ready_shards(connection: Connection | Pool) -> ReadyShards:
    rows = await connection.fetch(_READY)
    return ReadyShards(
        live=frozenset(row["shard"] for row in rows if row["lane"] == LIVE_LANE),
        background=frozenset(row["shard"] for row in rows if row["lane"] == BACKGROUND_LANE),
    )


async def claim(connection: Connection, shards: list[int], lane: int, limit: int) -> Claim:
    """About `limit` rows, the oldest of each shard, with whatever else is due of the same aggregates, so that many
    changes of one become one document. The caller holds the shards' locks."""
    per_shard = max(1, limit // len(shards))
    claimed = Claim()
    claimed.add(await connection.fetch(_CLAIM, shards, lane, per_shard))
    if len(claimed) >= per_shard:
        await claim_rest(connection, "outbox", claimed, shards, COALESCED * limit)
    return claimed


async def claim_rest(connection: Connection, table: str, claimed: Claim, shards: list[int], limit: int) -> None:
    """Adds what else is due of the same aggregates."""
    sql = BY_TYPE.format(rows=_CLAIM_REST.format(table=table))
    claimed.add(await connection.fetch(sql, list(claimed.root_ids()), shards, claimed.ids, limit))


async def next_version(pool: Pool) -> int:
    """The version of the documents about to be read.

    On a connection of its own, so that it is committed and flushed before anything is written with it: a version drawn
    inside the batch could be drawn again after a crash of Postgres, and a newer document would lose against an older.
    """
    version: int = await pool.fetchval("SELECT nextval('projection_version')")
    return version
