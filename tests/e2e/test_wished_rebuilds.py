"""A rebuild that an admin asks for over HTTP: watched, paused, killed with its process, and done all the same."""

from __future__ import annotations

import signal
from typing import Any

from tests.e2e.test_rebuild import Desk, all_is_well, indices_of
from tests.support.desk import Caller, expect, problem
from tests.support.eventually import eventually
from tests.support.people import People
from tests.support.served import Served
from tests.support.world import World

PATIENCE_S = 60.0
TICKETS = {"projection": "tickets"}


async def state(admin: Caller) -> dict[str, Any]:
    (found,) = [one for one in expect(await admin.read.get("/v1/freshness"))["projections"] if one["name"] == "tickets"]
    return dict(found)


async def has_ended(world: World) -> None:
    async def nothing_is_wished() -> bool:
        wishes = await world.pool.fetch("SELECT problem FROM projection_wishes")
        assert [wish["problem"] for wish in wishes if wish["problem"]] == []
        return not wishes

    await eventually(nothing_is_wished, PATIENCE_S)


async def test_a_rebuild_and_a_rollback_from_afar(served: Served, served_world: World, people: People) -> None:
    admin, desk = people.admin, Desk(people.agent)
    await desk.open()
    first = await indices_of(served_world, "tickets")
    async with desk.busy():
        expect(await admin.write.post("/v1/rebuilds", json=TICKETS), 202)
        await has_ended(served_world)
        second = await indices_of(served_world, "tickets")
        assert second != first

        async def is_kept() -> bool:
            return {(await state(admin))["kept_index"]} == first

        await eventually(is_kept)
        expect(await admin.write.post("/v1/rebuilds/tickets/rollback"), 202)
        await has_ended(served_world)
    assert await indices_of(served_world, "tickets") == first
    assert await desk.found() == desk.written
    await all_is_well(served)


async def test_it_outlives_the_process_that_did_it(served: Served, served_world: World, people: People) -> None:
    admin, desk = people.admin, Desk(people.agent)
    await desk.open()
    before = await indices_of(served_world, "tickets")
    async with desk.busy():
        # While the projector stands still, so that it cannot be ready before it is paused.
        served.projector.signal(signal.SIGSTOP)
        expect(await admin.write.post("/v1/rebuilds", json=TICKETS), 202)
        expect(await admin.write.post("/v1/rebuilds/tickets/pause"), 202)
        problem(await admin.write.post("/v1/rebuilds", json=TICKETS), 409, "rebuild.running")
        served.projector.end(signal.SIGKILL)
        served.projector.start()

        async def is_published() -> bool:
            wish = (await state(admin))["wish"]
            return wish is not None and wish["paused_at"] is not None

        await eventually(is_published, PATIENCE_S)
        assert await indices_of(served_world, "tickets") == before
        expect(await admin.write.post("/v1/rebuilds/tickets/resume"), 202)

        async def has_begun() -> bool:
            # Or has ended: of so few tickets it is soon over.
            begun = "SELECT EXISTS (SELECT FROM rebuild_progress) OR NOT EXISTS (SELECT FROM projection_wishes)"
            return bool(await served_world.pool.fetchval(begun))

        await eventually(has_begun, PATIENCE_S, interval_s=0.01)
        served.projector.end(signal.SIGKILL)
        served.projector.start()
        await has_ended(served_world)
    assert await indices_of(served_world, "tickets") != before
    assert await desk.found() == desk.written
    await all_is_well(served)
