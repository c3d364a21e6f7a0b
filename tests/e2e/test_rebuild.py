"""A rebuild never takes search away, and nothing that was written meanwhile is lost."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from projector.rebuild import progress
from tests.support.database import ROOT
from tests.support.desk import Caller, expect, open_ticket, waiting_for
from tests.support.eventually import eventually
from tests.support.people import People
from tests.support.served import Served
from tests.support.words import word
from tests.support.world import World

AT_LEAST = 40
WRITERS = 3


async def begin(served: Served, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "projector",
        *arguments,
        cwd=ROOT,
        env=served.environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def projector(served: Served, *arguments: str) -> tuple[int, str]:
    process = await begin(served, *arguments)
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()


async def indices_of(world: World, model: str) -> set[str]:
    aliases = await world.elasticsearch.indices.get_alias(name=f"{world.namespace}-{model}")
    return set(aliases)


async def open_and_change(caller: Caller, tag: str) -> tuple[str, str, dict[str, str]]:
    """Id, newest subject, and headers that wait for it."""
    ticket = await open_ticket(caller, subject=word(), tags=[tag])
    subject = f"Changed {word()}"
    changed = await caller.write.patch(
        f"/v1/tickets/{ticket['id']}", json={"subject": subject}, headers={"If-Match": ticket["etag"]}
    )
    expect(changed)
    return ticket["id"], subject, waiting_for(changed.headers["Consistency-Token"])


@dataclass
class Desk:
    """A busy one: some people open tickets and change them, as fast as they are answered, and search all the time."""

    agent: Caller
    tag: str = field(default_factory=word)
    unique: str = field(default_factory=word)
    written: dict[str, str] = field(default_factory=dict)
    newest: dict[str, str] = field(default_factory=dict)
    known_id: str = ""
    is_closed: bool = False

    async def open(self) -> None:
        known = await open_ticket(self.agent, subject=self.unique)
        self.known_id = known["id"]
        expect(await self.agent.read.get("/v1/tickets", headers=waiting_for(known["token"])))

    async def write(self) -> None:
        while not self.is_closed:
            ticket_id, subject, self.newest = await open_and_change(self.agent, self.tag)
            self.written[ticket_id] = subject

    async def search(self) -> None:
        while not self.is_closed:
            found = expect(await self.agent.read.get("/v1/search/tickets", params={"q": self.unique}))
            assert [item["id"] for item in found["items"]] == [self.known_id]
            assert expect(await self.agent.read.get("/v1/users", params={"limit": 1}))["items"]

    @asynccontextmanager
    async def busy(self) -> AsyncIterator[None]:
        """At least AT_LEAST tickets are written before it ends; whatever fails meanwhile fails the test."""
        people = [asyncio.ensure_future(work) for work in (*(self.write() for _ in range(WRITERS)), self.search())]
        try:
            yield

            async def has_written_enough() -> bool:
                return len(self.written) >= AT_LEAST or any(one.done() for one in people)

            await eventually(has_written_enough, timeout_s=60.0)
        finally:
            self.is_closed = True
            await asyncio.gather(*people)

    async def found(self) -> dict[str, str]:
        seen: dict[str, str] = {}
        params: dict[str, str | int] = {"tag": self.tag, "limit": 100}
        while True:
            page = expect(await self.agent.read.get("/v1/tickets", params=params, headers=self.newest))
            seen |= {item["id"]: item["subject"] for item in page["items"]}
            if page["next"] is None:
                return seen
            params = {"tag": self.tag, "limit": 100, "cursor": page["next"]}


async def all_is_well(served: Served) -> None:
    exit_code, output = await projector(served, "verify", "--json")
    assert exit_code == 0, output


async def test_a_rebuild_and_a_rollback_under_running_writers_lose_nothing(
    served: Served, served_world: World, people: People
) -> None:
    desk = Desk(people.agent)
    await desk.open()
    first = await indices_of(served_world, "tickets")
    async with desk.busy():
        exit_code, output = await projector(served, "rebuild", "tickets", "--json")
        assert exit_code == 0, output
        second = await indices_of(served_world, "tickets")
        exit_code, output = await projector(served, "rollback", "tickets", "--json")
        assert exit_code == 0, output
    assert len(first) == len(second) == 1 and first != second
    assert await indices_of(served_world, "tickets") == first
    assert await desk.found() == desk.written
    await all_is_well(served)


async def test_a_paused_rebuild_that_was_killed_goes_on_where_it_stopped(
    served: Served, served_world: World, people: People
) -> None:
    desk = Desk(people.agent)
    await desk.open()
    before = await indices_of(served_world, "tickets")
    async with desk.busy():
        process = await begin(served, "rebuild", "tickets")

        async def is_paused() -> bool:
            assert process.returncode is None, "it was ready before it could be paused"
            return await progress.pause(served_world.pool, "tickets")

        await eventually(is_paused, timeout_s=60.0)
        exit_code, output = await projector(served, "rebuild", "tickets")
        assert (exit_code, output.strip()) == (1, "another rebuild of tickets is running")

        async def is_published() -> bool:
            projections = expect(await people.agent.read.get("/v1/freshness"))["projections"]
            (tickets,) = [one for one in projections if one["name"] == "tickets"]
            return tickets["rebuild"] is not None and tickets["rebuild"]["paused_at"] is not None

        await eventually(is_published)
        process.kill()
        await process.wait()
        assert await indices_of(served_world, "tickets") == before
        exit_code, output = await projector(served, "resume", "tickets")
        assert exit_code == 0 and "projector rebuild tickets --resume" in output
        exit_code, output = await projector(served, "rebuild", "tickets", "--resume", "--json")
        assert exit_code == 0, output
    assert await indices_of(served_world, "tickets") != before
    assert await desk.found() == desk.written
