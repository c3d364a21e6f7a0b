"""A rebuild never takes search away, and nothing that was written meanwhile is lost."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from tests.support.database import ROOT
from tests.support.desk import Caller, expect, open_ticket, waiting_for
from tests.support.people import People
from tests.support.served import Served
from tests.support.words import word
from tests.support.world import World

AT_LEAST = 40


async def projector(served: Served, *arguments: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "projector",
        *arguments,
        cwd=ROOT,
        env=served.environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()


async def indices_of(world: World, model: str) -> set[str]:
    aliases = await world.elasticsearch.indices.get_alias(name=f"{world.namespace}-{model}")
    return set(aliases)


class Writer:
    """Opens and changes tickets without a pause, and remembers each."""

    def __init__(self, caller: Caller, tag: str) -> None:
        self._caller = caller
        self._tag = tag
        self.subjects: dict[str, str] = {}
        self.newest: dict[str, Any] = {}

    async def run(self, rebuild: asyncio.Task[Any]) -> None:
        while not rebuild.done() or len(self.subjects) < AT_LEAST:
            ticket = await open_ticket(self._caller, subject=word(), tags=[self._tag])
            subject = f"Changed {word()}"
            changed = await self._caller.write.patch(
                f"/v1/tickets/{ticket['id']}", json={"subject": subject}, headers={"If-Match": ticket["etag"]}
            )
            expect(changed)
            self.subjects[ticket["id"]] = subject
            self.newest = waiting_for(changed.headers["Consistency-Token"])


async def test_a_rebuild_under_a_running_writer_loses_nothing(
    served: Served, served_world: World, people: People
) -> None:
    unique, tag = word(), word()
    known = await open_ticket(people.agent, subject=unique)
    expect(await people.agent.read.get("/v1/tickets", headers=waiting_for(known["token"])))
    before = await indices_of(served_world, "tickets")
    rebuild = asyncio.ensure_future(projector(served, "rebuild", "all", "--json"))
    writer = Writer(people.agent, tag)
    searches = 0

    async def search() -> None:
        nonlocal searches
        while not rebuild.done():
            found = expect(await people.agent.read.get("/v1/search/tickets", params={"q": unique}))
            assert [item["id"] for item in found["items"]] == [known["id"]]
            expect(await people.agent.read.get("/v1/users", params={"limit": 1}))["items"][0]
            searches += 1

    await asyncio.gather(writer.run(rebuild), search())
    exit_code, output = await rebuild
    assert exit_code == 0, output
    assert searches > 5
    after = await indices_of(served_world, "tickets")
    assert len(before) == len(after) == 1 and before != after

    seen: dict[str, str] = {}
    params: dict[str, str | int] = {"tag": tag, "limit": 100}
    while True:
        page = expect(await people.agent.read.get("/v1/tickets", params=params, headers=writer.newest))
        seen |= {item["id"]: item["subject"] for item in page["items"]}
        if page["next"] is None:
            break
        params = {"tag": tag, "limit": 100, "cursor": page["next"]}
    assert seen == writer.subjects

    exit_code, output = await projector(served, "verify", "--json")
    assert exit_code == 0, output
