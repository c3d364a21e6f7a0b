"""Back to the index before, with all that was written since."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from projector.bootstrap import Projector, open_projector
from projector.projections.registry import PROJECTIONS
from projector.rebuild.rebuild import Rebuild, RebuildRefused, rebuild
from projector.rebuild.rollback import Rollback, forget_kept
from projector.targets import current_targets
from tests.integration.projector.office import Office, differences, found, pending
from tests.support.eventually import eventually
from tests.support.relaying import relaying

TICKETS = PROJECTIONS["tickets"]


class Interrupted(BaseException):
    pass


def quietly(name: str, phase: str, done: int, total: int) -> None:
    pass


async def index_in(projector: Projector, state: str) -> str:
    (name,) = [
        target.index_name
        for target in await current_targets(projector.pool)
        if (target.projection, target.state) == ("tickets", state)
    ]
    return name


async def rebuilt(projector: Projector, office: Office, tickets: int = 12) -> list[str]:
    """Ids of tickets that are in both indices."""
    agent = await office.hire()
    known = [str((await office.open_ticket(agent.id, subject="Known")).id) for _ in range(tickets)]
    await projector.drain_all()
    await rebuild(projector, ["tickets"], quietly)
    return sorted(known)


async def test_what_was_written_since_is_there_and_only_that_is_written_again(
    fresh_projector: Projector, office: Office
) -> None:
    known = await rebuilt(fresh_projector, office)
    old, new = await index_in(fresh_projector, "retired"), await index_in(fresh_projector, "live")
    agent = await office.hire()
    changed, deleted = await office.open_ticket(agent.id), await office.open_ticket(agent.id)
    await fresh_projector.drain_all()
    await office.retitle(changed.id, "Another subject")
    await office.delete_ticket(deleted.id)
    await fresh_projector.drain_all()

    index_name, written = await Rollback(fresh_projector, TICKETS, quietly, range_ids=5).run()
    assert (index_name, written) == (old, 1)
    assert sorted(await found(fresh_projector, "tickets", {"match_all": {}})) == sorted([*known, str(changed.id)])
    assert await found(fresh_projector, "tickets", {"match": {"subject": "another"}}) == [str(changed.id)]
    assert await index_in(fresh_projector, "retired") == new
    assert await differences(fresh_projector) == []


async def test_what_was_deleted_since_does_not_come_back(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    gone = await office.open_ticket(agent.id)
    known = await rebuilt(fresh_projector, office)
    await office.delete_ticket(gone.id)
    await fresh_projector.drain_all()
    await Rollback(fresh_projector, TICKETS, quietly).run()
    assert sorted(await found(fresh_projector, "tickets", {"match_all": {}})) == known
    # And forward again.
    await Rollback(fresh_projector, TICKETS, quietly).run()
    assert sorted(await found(fresh_projector, "tickets", {"match_all": {}})) == known
    assert await differences(fresh_projector) == []


async def test_under_a_running_writer_nothing_is_lost(fresh_projector: Projector, office: Office) -> None:
    known = await rebuilt(fresh_projector, office, tickets=40)
    agent = await office.hire()
    stopped, rounds = asyncio.Event(), 0

    async def write_and_search() -> None:
        nonlocal rounds
        while not stopped.is_set():
            extra = await office.open_ticket(agent.id, subject="Extra")
            await office.retitle(extra.id, "Extra, changed")
            if rounds % 3 == 0:
                await office.delete_ticket(extra.id)
            assert sorted(await found(fresh_projector, "tickets", {"match": {"subject": "known"}})) == known
            rounds += 1

    async with open_projector(fresh_projector.settings) as running, relaying(running):
        beside = asyncio.ensure_future(write_and_search())
        for _ in range(2):
            await Rollback(fresh_projector, TICKETS, quietly, range_ids=5).run()
        stopped.set()
        await beside

        async def is_drained() -> bool:
            return await pending(fresh_projector) == 0

        await eventually(is_drained, timeout_s=30.0)
    assert rounds > 0
    assert await differences(fresh_projector) == []


@pytest.mark.parametrize("by_resumed_rebuild", [False, True])
async def test_goes_on_after_an_interruption(
    fresh_projector: Projector, office: Office, by_resumed_rebuild: bool
) -> None:
    known = await rebuilt(fresh_projector, office)
    old = await index_in(fresh_projector, "retired")
    agent = await office.hire()
    added = await office.open_ticket(agent.id)
    await fresh_projector.drain_all()

    def interrupt(name: str, phase: str, done: int, total: int) -> None:
        if phase == "catching_up" and done >= 5:
            raise Interrupted

    with pytest.raises(Interrupted):
        await Rollback(fresh_projector, TICKETS, interrupt, range_ids=5).run()
    assert await index_in(fresh_projector, "building") == old
    last = await office.open_ticket(agent.id)
    await fresh_projector.drain_all()
    if by_resumed_rebuild:
        await rebuild(fresh_projector, ["tickets"], quietly, resume=True)
    else:
        await Rollback(fresh_projector, TICKETS, quietly).run()
    assert await index_in(fresh_projector, "live") == old
    everything = sorted([*known, str(added.id), str(last.id)])
    assert sorted(await found(fresh_projector, "tickets", {"match_all": {}})) == everything
    assert await differences(fresh_projector) == []


async def test_documents_put_there_past_the_projector_do_not_come_back(
    fresh_projector: Projector, office: Office
) -> None:
    known = await rebuilt(fresh_projector, office)
    old, stranger = await index_in(fresh_projector, "retired"), uuid4()
    await fresh_projector.elasticsearch.call(
        "PUT", f"/{old}/_doc/{stranger}", {"id": str(stranger), "subject": "Known"}
    )
    await Rollback(fresh_projector, TICKETS, quietly).run()
    assert sorted(await found(fresh_projector, "tickets", {"match_all": {}})) == known


async def test_without_an_earlier_index_it_is_refused(fresh_projector: Projector, office: Office) -> None:
    with pytest.raises(RebuildRefused, match="no earlier index of tickets is kept"):
        await Rollback(fresh_projector, TICKETS, quietly).run()
    await rebuilt(fresh_projector, office, tickets=1)
    kept = await index_in(fresh_projector, "retired")
    assert await forget_kept(fresh_projector, "tickets") == kept
    assert await fresh_projector.elasticsearch.call("GET", f"/{kept}", missing_ok=True) is None
    with pytest.raises(RebuildRefused, match="no earlier index of tickets is kept"):
        await Rollback(fresh_projector, TICKETS, quietly).run()


async def test_not_while_a_rebuild_is_running(fresh_projector: Projector, office: Office) -> None:
    await rebuilt(fresh_projector, office, tickets=1)
    tried = []

    def roll_back(name: str, phase: str, done: int, total: int) -> None:
        if phase == "copying":
            tried.append(asyncio.ensure_future(Rollback(fresh_projector, TICKETS, quietly).run()))

    await Rebuild(fresh_projector, TICKETS, roll_back).run()
    (error,) = await asyncio.gather(*tried, return_exceptions=True)
    assert isinstance(error, RebuildRefused) and "another rebuild of tickets is running" in str(error)
