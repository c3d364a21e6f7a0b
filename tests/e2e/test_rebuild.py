"""A rebuild never takes search away, and nothing that was written meanwhile is lost."""

from __future__ import annotations

import asyncio
import sys

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


async def open_and_change(caller: Caller, tag: str) -> tuple[str, str, dict[str, str]]:
    """Id, newest subject, and headers that wait for it."""
    ticket = await open_ticket(caller, subject=word(), tags=[tag])
    subject = f"Changed {word()}"
    changed = await caller.write.patch(
        f"/v1/tickets/{ticket['id']}", json={"subject": subject}, headers={"If-Match": ticket["etag"]}
    )
    expect(changed)
    return ticket["id"], subject, waiting_for(changed.headers["Consistency-Token"])


async def test_a_rebuild_under_a_running_writer_loses_nothing(
    served: Served, served_world: World, people: People
) -> None:
    agent, unique, tag = people.agent, word(), word()
    known = await open_ticket(agent, subject=unique)
    expect(await agent.read.get("/v1/tickets", headers=waiting_for(known["token"])))
    before = await indices_of(served_world, "tickets")
    rebuild = asyncio.ensure_future(projector(served, "rebuild", "all", "--json"))
    written: dict[str, str] = {}
    while not rebuild.done() or len(written) < AT_LEAST:
        ticket_id, subject, newest = await open_and_change(agent, tag)
        written[ticket_id] = subject
        found = expect(await agent.read.get("/v1/search/tickets", params={"q": unique}))
        assert [item["id"] for item in found["items"]] == [known["id"]]
        assert expect(await agent.read.get("/v1/users", params={"limit": 1}))["items"]
    exit_code, output = await rebuild
    assert exit_code == 0, output
    after = await indices_of(served_world, "tickets")
    assert len(before) == len(after) == 1 and before != after

    seen: dict[str, str] = {}
    params: dict[str, str | int] = {"tag": tag, "limit": 100}
    while True:
        page = expect(await agent.read.get("/v1/tickets", params=params, headers=newest))
        seen |= {item["id"]: item["subject"] for item in page["items"]}
        if page["next"] is None:
            break
        params = {"tag": tag, "limit": 100, "cursor": page["next"]}
    assert seen == written

    exit_code, output = await projector(served, "verify", "--json")
    assert exit_code == 0, output
