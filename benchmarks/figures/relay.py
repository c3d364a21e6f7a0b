"""The relay by itself: it claims and deletes as in production, but writes nothing."""

from __future__ import annotations

import asyncio
import time

from benchmarks.harness.figure import Bench, Figure
from benchmarks.harness.interleave import interleaved
from benchmarks.harness.result import Row, at_least, no_less_than
from benchmarks.harness.spread import Spread
from benchmarks.harness.world import World
from projector.bootstrap import Projector, open_projector
from write_api.persistence.outbox import LIVE_LANE, SHARDS

BATCH_ROWS = 2_000
# As many as a projector process has workers.
DRAINS = 2
# The relay does not read them.
TICKETS = 100

# As commands write them when each opens a ticket, without its message.
_FILL = """
INSERT INTO outbox (shard, aggregate_type, aggregate_id, aggregate_version, event_id, event_type)
SELECT get_byte(uuid_send(made.id), 15) & 15, 'ticket', made.id, 1, gen_random_uuid(), 'TicketOpened'
FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, $1::int) OFFSET 0) AS made"""
# In the order of the primary key, so that no batch sorts the whole table.
_TAKE = """
DELETE FROM outbox WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM outbox ORDER BY shard, lane, id LIMIT $1 FOR UPDATE
)) RETURNING id, aggregate_type, aggregate_id, event_id"""


async def measure(bench: Bench) -> list[Row]:
    rows = bench.sizes.backlog_rows
    async with bench.copy_of(TICKETS, "relay", ()) as world, open_projector(world.settings) as projector:
        own, limits = await interleaved(
            bench.runs, lambda: _relay(world, projector, rows), lambda: _plain_delete(world, rows)
        )
    return [
        Row(
            "relay alone, nothing written",
            "rows/s",
            Spread.of(own),
            Spread.of(limits),
            f"one DELETE … RETURNING loop, {BATCH_ROWS:,} rows at a time",
            (at_least(0.5), no_less_than(30_000)),
            note=f"{rows:,} rows of as many tickets, {DRAINS} drains that share the shards; one connection deletes",
        )
    ]


async def _fill(world: World, rows: int) -> None:
    await world.pool.execute("TRUNCATE outbox")
    await world.pool.execute(_FILL, rows)
    await world.pool.execute("VACUUM (ANALYZE) outbox")


async def _relay(world: World, projector: Projector, rows: int) -> float:
    await _fill(world, rows)

    async def drain(shards: list[int]) -> int:
        relay, done = projector.drain(projections={}), 0
        async with projector.pool.acquire() as connection:
            while claimed := (await relay.batch(connection, shards, LIVE_LANE, BATCH_ROWS)).claimed:
                done += claimed
        return done

    started = time.monotonic()
    done = await asyncio.gather(*(drain(list(range(first, SHARDS, DRAINS))) for first in range(DRAINS)))
    seconds = time.monotonic() - started
    assert sum(done) == rows, f"{sum(done)} of {rows} rows were relayed"
    return rows / seconds


async def _plain_delete(world: World, rows: int) -> float:
    await _fill(world, rows)
    started, done = time.monotonic(), 0
    async with world.pool.acquire() as connection:
        while taken := await connection.fetch(_TAKE, BATCH_ROWS):
            done += len(taken)
    seconds = time.monotonic() - started
    assert done == rows, f"{done} of {rows} rows were deleted"
    return rows / seconds


FIGURE = Figure("relay", "relay alone", measure, lambda sizes: 10 + sizes.runs * sizes.backlog_rows / 12_000)
