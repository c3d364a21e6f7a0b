"""What people at work notice while a whole organization's tickets move: commit to searchable with it and without."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from uuid import UUID

import aiohttp

from benchmarks.data.generator import customers
from benchmarks.data.requests import ticket_bodies
from benchmarks.harness.figure import Bench, Figure
from benchmarks.harness.interleave import interleaved
from benchmarks.harness.result import Row, Target, at_most
from benchmarks.harness.servers import product, projecting
from benchmarks.harness.spread import Spread, percentile
from benchmarks.harness.world import ALL_READ_MODELS, World, made_id
from domain.identity.ticket_move import TicketMove
from read_models.names import alias
from runtime.tasks import cancel_all
from write_api.persistence.unit_of_work import UnitOfWorkFactory

MOVED_TICKETS = 20_000
LIVE_CREATES_PER_S = 40
ALONE_S = 15.0
# The resolution of the result.
LOOK_INTERVAL_S = 0.01
POLL_S = 0.1
PATIENCE_S = 120.0
# The tickets go to and fro between these two.
COMPANIES = tuple(made_id("fan_out", number) for number in range(2))

_MAKE_COMPANY = """
INSERT INTO organizations (id, name, domains, shares_tickets, version, created_at, updated_at)
VALUES ($1, $2, '{}', false, 1, now(), now())"""
_GIVE = "UPDATE tickets SET organization_id = $1 WHERE id IN (SELECT id FROM tickets ORDER BY id LIMIT $2)"
_IS_DONE = """
SELECT NOT EXISTS (SELECT 1 FROM ticket_moves WHERE state = 'running')
    AND NOT EXISTS (SELECT 1 FROM outbox WHERE lane = 1)"""


@dataclass
class Live:
    """Tickets that no search has found yet, and how long the others took."""

    waiting: dict[str, float] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    during_s: float = 0.0

    def milliseconds(self, share: float) -> float:
        return percentile(self.seconds, share) * 1_000


class Office:
    """Opens tickets at a steady rate and looks when a search finds each."""

    def __init__(self, world: World, write_url: str) -> None:
        self._world = world
        self._tickets_url = f"{write_url}/v1/tickets"
        settings = world.settings
        self._search_url = f"{settings.elasticsearch_url}/{alias(settings.namespace, 'tickets')}/_search"
        self._bodies = itertools.cycle(ticket_bodies(500, customers(world.tickets)))

    async def work(self, during: Awaitable[object]) -> Live:
        live, started = Live(), time.monotonic()
        headers = {"Authorization": f"Bearer {self._world.token()}", "Content-Type": "application/json"}
        async with aiohttp.ClientSession(headers=headers) as write, aiohttp.ClientSession() as search:
            beside = [asyncio.create_task(self._open(write, live)), asyncio.create_task(self._look(search, live))]
            try:
                await during
                live.during_s = time.monotonic() - started
                await _ended(beside[0])
                await _all_found(live)
            finally:
                for task in beside:
                    await _ended(task)
        return live

    async def _open(self, http: aiohttp.ClientSession, live: Live) -> None:
        started = time.monotonic()
        sent: list[asyncio.Task[None]] = []
        try:
            for number in itertools.count():
                await asyncio.sleep(max(0.0, started + number / LIVE_CREATES_PER_S - time.monotonic()))
                sent.append(asyncio.create_task(self._open_one(http, live)))
        finally:
            await asyncio.gather(*sent)

    async def _open_one(self, http: aiohttp.ClientSession, live: Live) -> None:
        async with http.post(self._tickets_url, data=next(self._bodies)) as answer:
            answer.raise_for_status()
            live.waiting[(await answer.json())["id"]] = time.monotonic()

    async def _look(self, http: aiohttp.ClientSession, live: Live) -> None:
        while True:
            if ids := list(live.waiting):
                query = {"size": len(ids), "_source": False, "query": {"ids": {"values": ids}}}
                async with http.post(self._search_url, json=query) as answer:
                    answer.raise_for_status()
                    found = [hit["_id"] for hit in (await answer.json())["hits"]["hits"]]
                now = time.monotonic()
                live.seconds += [now - live.waiting.pop(ticket_id) for ticket_id in found]
            await asyncio.sleep(LOOK_INTERVAL_S)


async def measure(bench: Bench) -> list[Row]:
    moved = min(MOVED_TICKETS, bench.sizes.tickets)
    async with bench.copy_of(bench.sizes.tickets, "fan_out", ALL_READ_MODELS) as world:
        for number, company in enumerate(COMPANIES):
            await world.pool.execute(_MAKE_COMPANY, company, f"Company {number}")
        await world.pool.execute(_GIVE, COMPANIES[0], moved)
        directions = itertools.cycle([COMPANIES, COMPANIES[::-1]])
        async with (
            product("write_api", world.settings, bench.logs) as write_api,
            projecting(world.settings, bench.logs),
        ):
            office = Office(world, write_api.url)
            await office.work(asyncio.sleep(min(3.0, bench.sizes.load_s)))
            alone_s = min(ALONE_S, bench.sizes.steady_s)
            with_move, alone = await interleaved(
                bench.runs,
                lambda: office.work(_move(world, *next(directions))),
                lambda: office.work(asyncio.sleep(alone_s)),
            )
    rate = Spread.of(moved / live.during_s for live in with_move)
    return [
        _row("p50", 0.5, moved, with_move, alone, ()),
        _row("p99", 0.99, moved, with_move, alone, (at_most(2.0),)),
        Row(f"moving {moved:,} tickets of an organization, projected", "tickets/s", rate),
    ]


def _row(
    name: str, share: float, moved: int, with_move: list[Live], alone: list[Live], targets: tuple[Target, ...]
) -> Row:
    return Row(
        f"commit to searchable at {LIVE_CREATES_PER_S} creates/s while {moved:,} tickets move, {name}",
        "ms",
        Spread.of(live.milliseconds(share) for live in with_move),
        Spread.of(live.milliseconds(share) for live in alone),
        "the same without the move",
        targets,
        note=f"{sum(len(live.seconds) for live in with_move):,} creates beside moves, none missing",
    )


async def _move(world: World, source: UUID, to: UUID) -> None:
    """Until the last of its documents is written."""
    async with UnitOfWorkFactory(world.pool)() as unit:
        total, newest_ticket_id = await unit.tickets.extent_of(source)
        move = TicketMove.start(
            from_organization_id=source,
            to_organization_id=to,
            total=total,
            newest_ticket_id=newest_ticket_id,
            running=await unit.ticket_moves.running_of([source, to]),
            started_by=made_id("agent", 0),
            at=datetime.now(timezone.utc),
        )
        await unit.ticket_moves.add(move)
        await unit.commit()
    while not await world.pool.fetchval(_IS_DONE):
        await asyncio.sleep(POLL_S)


async def _all_found(live: Live) -> None:
    give_up = time.monotonic() + PATIENCE_S
    while live.waiting:
        if time.monotonic() > give_up:
            raise RuntimeError(f"{len(live.waiting)} tickets were never found")
        await asyncio.sleep(LOOK_INTERVAL_S)


async def _ended(task: asyncio.Task[None]) -> None:
    """Raises what it failed with."""
    await cancel_all([task])
    if not task.cancelled():
        task.result()


FIGURE = Figure(
    "fan_out",
    "live latency while an organization's tickets move",
    measure,
    lambda sizes: 60 + sizes.tickets / 3_000 + sizes.runs * (min(ALONE_S, sizes.steady_s) + 25),
)
