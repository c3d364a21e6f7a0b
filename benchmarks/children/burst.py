"""Commits mixed changes as fast as it can, one transaction each, through the persistence layer and its wake-up."""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from itertools import count
from typing import Any
from uuid import UUID

from benchmarks.data.requests import texts
from domain.shared.actor import Role
from domain.shared.clock import SystemClock
from domain.tickets.messages import Visibility
from domain.tickets.ticket import Ticket
from runtime.redis import connect_redis
from runtime.settings import read_settings
from write_api.bootstrap import open_services
from write_api.persistence.failures import TransientConflict
from write_api.persistence.unit_of_work import UnitOfWork, UnitOfWorkFactory

CLIENTS = 16
# Of ten changes four open a ticket, four change one, two add a message.
KINDS = "ooooccccmm"
_CHANGEABLE = "SELECT id FROM tickets WHERE status NOT IN ('closed') ORDER BY md5(id::text) LIMIT 20000"
_PEOPLE = "SELECT id FROM users WHERE role = $1 ORDER BY id LIMIT 1000"


class Changes:
    def __init__(self, seed: int, tickets: list[UUID], customers: list[UUID], agents: list[UUID]) -> None:
        self._draw = random.Random(seed)
        self._tickets, self._customers, self._agents = tickets, customers, agents
        self._subjects, self._bodies = texts(500, 7, seed), texts(500, 67, seed)
        # The last version of every ticket that was touched.
        self.versions: dict[str, int] = {}

    async def one(self, unit: UnitOfWork) -> None:
        draw, at = self._draw, datetime.now(timezone.utc)
        kind = draw.choice(KINDS)
        if kind == "o":
            customer = draw.choice(self._customers)
            subject, body = draw.choice(self._subjects), draw.choice(self._bodies)
            ticket = Ticket.open(subject=subject, body=body, requester_id=customer, at=at)
            await unit.tickets.add(ticket)
        else:
            ticket = await unit.tickets.get(draw.choice(self._tickets))
            if kind == "c":
                ticket.change({"subject": draw.choice(self._subjects), "priority": draw.choice(("low", "high"))}, at=at)
            else:
                ticket.add_message(
                    author_id=draw.choice(self._agents),
                    author_role=Role.AGENT,
                    visibility=Visibility.PUBLIC,
                    body=draw.choice(self._bodies),
                    at=at,
                )
            await unit.tickets.save(ticket)
        await unit.commit()
        self.versions[str(ticket.id)] = max(ticket.version, self.versions.get(str(ticket.id), 0))


async def commit_all(unit_of_work: UnitOfWorkFactory, changes: Changes, numbers: Iterator[int], total: int) -> None:
    for number in numbers:
        if number >= total:
            return
        while not await _committed(unit_of_work, changes):
            continue


async def _committed(unit_of_work: UnitOfWorkFactory, changes: Changes) -> bool:
    """False where two changes of one ticket met."""
    try:
        async with unit_of_work() as unit:
            await changes.one(unit)
    except TransientConflict:
        return False
    return True


async def run(total: int, seed: int) -> dict[str, Any]:
    settings = read_settings()
    async with open_services(settings, connect_redis(settings), SystemClock()) as services:

        async def ids(sql: str, *arguments: str) -> list[UUID]:
            return [row["id"] for row in await services.pool.fetch(sql, *arguments)]

        changes = Changes(seed, await ids(_CHANGEABLE), await ids(_PEOPLE, "customer"), await ids(_PEOPLE, "agent"))
        numbers = count()
        began_at, started = datetime.now(timezone.utc), time.monotonic()
        await asyncio.gather(*(commit_all(services.unit_of_work, changes, numbers, total) for _ in range(CLIENTS)))
        # The monotonic clock is one for all processes of the machine.
        ended_at, ended = datetime.now(timezone.utc), time.monotonic()
    return {
        "began_at": began_at.isoformat(),
        "seconds": ended - started,
        "ended_at": ended_at.isoformat(),
        "last_commit_s": ended,
        "versions": changes.versions,
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(int(sys.argv[1]), int(sys.argv[2])))))
