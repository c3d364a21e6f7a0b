"""A changed mapping is a rebuild into an index of the new version, while the old one serves."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from projector.bootstrap import Projector, open_projector
from projector.projections import registry
from projector.projections.projection import Projection
from projector.rebuild.rebuild import Rebuild, RebuildRefused
from projector.rebuild.rollback import Rollback
from projector.status import status
from projector.targets import current_targets
from read_models.analysis import KEYWORD
from read_models.registry import READ_MODELS
from tests.integration.projector.office import Office, differences, found, pending
from tests.support.eventually import eventually
from tests.support.relaying import relaying

BEFORE = registry.PROJECTIONS["tickets"]
# The subject as a keyword, and a field that is new.
NOW = Projection(
    model=replace(
        BEFORE.model,
        schema_version=BEFORE.model.schema_version + 1,
        fields={**BEFORE.model.fields, "subject": KEYWORD, "loud_subject": KEYWORD},
        searched=(*BEFORE.model.searched, "loud_subject"),
    ),
    rows=BEFORE.rows.replace(
        "concat('{', '\"priority_rank\"",
        'concat(\'{"loud_subject" : \', to_json(upper(t.subject)), \', "priority_rank"',
    ),
    sources=BEFORE.sources,
)


@pytest.fixture
def next_release(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    assert NOW.rows != BEFORE.rows
    monkeypatch.setitem(READ_MODELS, "tickets", NOW.model)
    monkeypatch.setitem(registry.PROJECTIONS, "tickets", NOW)
    by_aggregate = {
        kind: tuple(NOW if projection is BEFORE else projection for projection in projections)
        for kind, projections in registry.PROJECTIONS_BY_AGGREGATE.items()
    }
    for kind, projections in by_aggregate.items():
        monkeypatch.setitem(registry.PROJECTIONS_BY_AGGREGATE, kind, projections)
    yield


def quietly(name: str, phase: str, done: int, total: int) -> None:
    pass


async def live_index(projector: Projector) -> str:
    (name,) = [
        t.index_name for t in await current_targets(projector.pool) if (t.projection, t.state) == ("tickets", "live")
    ]
    return name


async def test_the_old_index_serves_until_the_new_one_is_complete(
    fresh_projector: Projector, office: Office, request: pytest.FixtureRequest
) -> None:
    agent = await office.hire()
    known = [str((await office.open_ticket(agent.id, subject="Known")).id) for _ in range(30)]
    await fresh_projector.drain_all()
    before = await live_index(fresh_projector)
    request.getfixturevalue("next_release")
    stopped, rounds, later = asyncio.Event(), 0, list[str]()

    async def write_and_search() -> None:
        nonlocal rounds
        while not stopped.is_set():
            later.append(str((await office.open_ticket(agent.id, subject="Later")).id))
            either: dict[str, object] = {
                "bool": {"should": [{"match": {"subject": "known"}}, {"term": {"subject": "Known"}}]}
            }
            assert sorted(await found(fresh_projector, "tickets", either)) == sorted(known)
            rounds += 1

    async with open_projector(fresh_projector.settings) as running:
        # What a projector of the next release does when it starts.
        await running.ensure_targets()
        advice = f"has schema {BEFORE.model.schema_version}, this release writes {NOW.model.schema_version}"
        assert any(advice in problem for problem in (await status(running))["problems"])
        async with relaying(running):
            beside = asyncio.ensure_future(write_and_search())
            await Rebuild(fresh_projector, NOW, quietly, range_ids=5).run()
            stopped.set()
            await beside

            async def is_drained() -> bool:
                return await pending(fresh_projector) == 0

            await eventually(is_drained, timeout_s=30.0)
    await fresh_projector.drain_all()
    after = await live_index(fresh_projector)
    assert f"-v{BEFORE.model.schema_version}-" in before and f"-v{NOW.model.schema_version}-" in after
    assert rounds > 0
    assert sorted(await found(fresh_projector, "tickets", {"term": {"loud_subject": "KNOWN"}})) == sorted(known)
    assert sorted(await found(fresh_projector, "tickets", {"term": {"loud_subject": "LATER"}})) == sorted(later)
    assert await differences(fresh_projector) == []
    assert await fresh_projector.pool.fetchval("SELECT count(*) FROM outbox_dead") == 0
    assert not [problem for problem in (await status(fresh_projector))["problems"] if "schema" in problem]
    with pytest.raises(RebuildRefused, match="start the release that wrote it"):
        await Rollback(fresh_projector, NOW, quietly).run()


async def test_a_live_index_takes_fields_that_are_new(
    fresh_projector: Projector, office: Office, next_release: None
) -> None:
    """Until it is rebuilt; a field that was changed stays what it was."""
    await fresh_projector.ensure_targets()
    ticket = await office.open_ticket((await office.hire()).id, subject="Stripes")
    await fresh_projector.drain_all()
    assert await found(fresh_projector, "tickets", {"term": {"loud_subject": "STRIPES"}}) == [str(ticket.id)]
    assert await found(fresh_projector, "tickets", {"match": {"subject": "stripes"}}) == [str(ticket.id)]
