from __future__ import annotations

import asyncio

import pytest

from projector.bootstrap import Projector, open_projector
from projector.projections.registry import PROJECTIONS
from projector.rebuild.rebuild import Rebuild, RebuildRefused, rebuild
from projector.targets import current_targets
from tests.integration.projector.office import Office, differences, found, pending
from tests.support.eventually import eventually
from tests.support.relaying import relaying

ALL = list(PROJECTIONS)


def quietly(name: str, phase: str, done: int, total: int) -> None:
    pass


class Interrupted(BaseException):
    pass


async def test_all_models_are_built_anew(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    ticket = await office.open_ticket(agent.id)
    await office.publish(agent.id)
    await fresh_projector.drain_all()
    before = {target.index_name for target in await current_targets(fresh_projector.pool)}
    events = await office.pool.fetchval("SELECT count(*) FROM domain_events")
    results = await rebuild(fresh_projector, ALL, quietly)
    assert {result.projection: result.documents for result in results} == {
        "tickets": 1,
        "messages": 1,
        "attachments": 0,
        "documents": 1,
        "document_drafts": 1,
        "document_votes": 0,
        "people": 1,
        "catalog": 0,
        "history": events,
        "views": 0,
    }
    states = {target.index_name: target.state for target in await current_targets(fresh_projector.pool)}
    assert {name for name, state in states.items() if state == "retired"} == before
    assert await found(fresh_projector, "tickets", {"match_all": {}}) == [str(ticket.id)]
    assert await differences(fresh_projector) == []
    # The one before the last is not kept.
    await rebuild(fresh_projector, ["tickets"], quietly)
    assert len([t for t in await current_targets(fresh_projector.pool) if t.projection == "tickets"]) == 2


async def test_under_a_running_writer_nothing_is_lost_and_no_search_fails(
    fresh_projector: Projector, office: Office
) -> None:
    agent = await office.hire()
    known = [(await office.open_ticket(agent.id, subject="Known")).id for _ in range(60)]
    await fresh_projector.drain_all()
    stopped, rounds = asyncio.Event(), 0

    async def write_and_search() -> None:
        nonlocal rounds
        while not stopped.is_set():
            await office.reply(known[rounds % len(known)], agent.id, f"Reply {rounds}")
            extra = await office.open_ticket(agent.id, subject="Extra")
            if rounds % 3 == 0:
                await office.delete_ticket(extra.id)
            assert len(await found(fresh_projector, "tickets", {"match": {"subject": "known"}})) == len(known)
            rounds += 1

    async with open_projector(fresh_projector.settings) as running, relaying(running):
        beside = asyncio.ensure_future(write_and_search())
        for model in ("tickets", "messages"):
            # Many small ranges, so that the writer overtakes the rebuild again and again.
            await Rebuild(fresh_projector, PROJECTIONS[model], quietly, range_ids=10).run()
        stopped.set()
        await beside

        async def is_drained() -> bool:
            return await pending(fresh_projector) == 0

        await eventually(is_drained, timeout_s=30.0)
    assert rounds > 5
    assert await differences(fresh_projector) == []


async def test_goes_on_where_it_was_interrupted(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    for _ in range(30):
        await office.open_ticket(agent.id)
    await fresh_projector.drain_all()

    def interrupt(name: str, phase: str, done: int, total: int) -> None:
        if done >= 10:
            raise Interrupted

    with pytest.raises(Interrupted):
        # Ranges of one ticket: the pipelines beside the one that stops finish one more each, and most are left.
        await Rebuild(fresh_projector, PROJECTIONS["tickets"], interrupt, range_ids=1).run()
    kept = await fresh_projector.pool.fetchval("SELECT done FROM rebuild_progress WHERE projection = 'tickets'")
    assert 10 <= kept < 30
    half_built = [t.index_name for t in await current_targets(fresh_projector.pool) if t.state == "building"]
    ticket = await office.open_ticket(agent.id)
    await fresh_projector.drain_all()

    result = await Rebuild(fresh_projector, PROJECTIONS["tickets"], quietly).run(resume=True)
    assert [result.index_name] == half_built
    # All but the finished ranges, and the new one.
    assert result.documents == 30 - kept + 1
    assert str(ticket.id) in await found(fresh_projector, "tickets", {"match_all": {}})
    assert await differences(fresh_projector) == []


async def test_a_second_rebuild_of_the_same_model_is_refused(fresh_projector: Projector, office: Office) -> None:
    await office.open_ticket((await office.hire()).id)
    await fresh_projector.drain_all()
    refused = []

    async def second() -> None:
        try:
            await Rebuild(fresh_projector, PROJECTIONS["tickets"], quietly).run()
        except RebuildRefused as error:
            refused.append(str(error))

    tasks = []

    def start_second(name: str, phase: str, done: int, total: int) -> None:
        if phase == "copying":
            tasks.append(asyncio.ensure_future(second()))

    first = Rebuild(fresh_projector, PROJECTIONS["tickets"], start_second)
    await first.run()
    await asyncio.gather(*tasks)
    assert refused == ["another rebuild of tickets is running"]


async def test_an_index_that_is_not_complete_does_not_go_live(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    lost = await office.open_ticket(agent.id)
    await office.open_ticket(agent.id)
    await fresh_projector.drain_all()

    def interrupt(name: str, phase: str, done: int, total: int) -> None:
        if phase == "checking":
            raise Interrupted

    with pytest.raises(Interrupted):
        await Rebuild(fresh_projector, PROJECTIONS["tickets"], interrupt).run()
    (index,) = [t.index_name for t in await current_targets(fresh_projector.pool) if t.state == "building"]
    await fresh_projector.elasticsearch.call("DELETE", f"/{index}/_doc/{lost.id}")
    with pytest.raises(RebuildRefused, match=f"{lost.id} is missing"):
        await Rebuild(fresh_projector, PROJECTIONS["tickets"], quietly).run(resume=True)
    assert len(await found(fresh_projector, "tickets", {"match_all": {}})) == 2
