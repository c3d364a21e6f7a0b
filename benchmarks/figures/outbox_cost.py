"""What the outbox rows cost a command: its statement with them beside the same without."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timezone

from benchmarks.data.generator import customers
from benchmarks.data.requests import texts
from benchmarks.harness.figure import Bench, Figure
from benchmarks.harness.interleave import interleaved
from benchmarks.harness.result import Row as Measured
from benchmarks.harness.result import at_most
from benchmarks.harness.spread import Spread
from benchmarks.harness.world import World, made_id
from domain.tickets.ticket import Ticket
from write_api.persistence.outbox import INSERT_OUTBOX
from write_api.persistence.sql import Row, RowsStatement
from write_api.persistence.unit_of_work import UnitOfWorkFactory
from write_api.persistence.write_plan import WritePlan

CLIENTS = (1, 16)


class PlanWithoutOutbox(WritePlan):
    def insert(self, statement: RowsStatement, *rows: Row) -> None:
        if statement is not INSERT_OUTBOX:
            super().insert(statement, *rows)


async def measure(bench: Bench) -> list[Measured]:
    size = bench.sizes.tickets
    async with bench.copy_of(size, "outbox", ()) as world:
        return [await _row(bench, world, clients) for clients in CLIENTS]


async def _row(bench: Bench, world: World, clients: int) -> Measured:
    with_outbox, without = await interleaved(
        bench.runs, lambda: _commands(bench, world, clients, True), lambda: _commands(bench, world, clients, False)
    )
    return Measured(
        f"open a ticket with its outbox rows, {clients} connection{'s' if clients > 1 else ''}",
        "ms",
        Spread.of(with_outbox),
        Spread.of(without),
        "the same statement without them",
        (at_most(1.35),),
        note="mean time of a command's transaction, durable on disk",
    )


async def _commands(bench: Bench, world: World, clients: int, with_outbox: bool) -> float:
    """Mean milliseconds from the first of a command's statements to its commit."""
    unit_of_work = UnitOfWorkFactory(world.pool)
    subject, body = texts(1, 7)[0], texts(1, 67)[0]
    spent_s: list[float] = []
    give_up = time.monotonic() + bench.sizes.load_s / 2

    async def client(number: int) -> None:
        done = 0
        while time.monotonic() < give_up or not spent_s:
            customer = made_id("customer", (number + done) % customers(world.tickets))
            ticket = Ticket.open(subject=subject, body=body, requester_id=customer, at=datetime.now(timezone.utc))
            async with unit_of_work() as unit:
                if not with_outbox:
                    unit.session.plan = PlanWithoutOutbox()
                started = time.monotonic()
                await unit.tickets.add(ticket)
                await unit.commit()
                spent_s.append(time.monotonic() - started)
            done += 1

    await asyncio.gather(*(client(number) for number in range(clients)))
    return sum(spent_s) / len(spent_s) * 1e3


FIGURE = Figure(
    "outbox",
    "cost of the outbox rows",
    measure,
    lambda sizes: 10 + sizes.tickets / 3_000 + sizes.runs * 4 * sizes.load_s / 2,
)
