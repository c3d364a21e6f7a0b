"""Indices of several shards, and settings that change while indices are there."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from projector.bootstrap import Projector, open_projector
from projector.rebuild.rebuild import rebuild
from projector.verify import state
from projector.verify.changes import Shard, processed
from projector.verify.patrol import Patrol
from projector.verify.verify import open_verifier
from tests.integration.projector.office import Office
from tests.support.relaying import relaying
from tests.support.world import World

TICKETS = 30
PLENTY_S = 60.0


@pytest_asyncio.fixture
async def filled(fresh_world: World, office: Office) -> World:
    async with open_projector(fresh_world.settings) as projector:
        await projector.ensure_targets()
        await projector.fill_redis()
        agent = await office.hire()
        for _ in range(TICKETS):
            await office.open_ticket(agent.id)
        await projector.drain_all()
    return fresh_world


async def settings_in(projector: Projector, model: str) -> dict[str, Any]:
    alias = f"{projector.namespace}-{model}"
    (found,) = (await projector.elasticsearch.call("GET", f"/{alias}/_settings")).values()
    index: dict[str, Any] = found["settings"]["index"]
    return index


async def live_index(projector: Projector, model: str) -> str:
    (index,) = await projector.elasticsearch.call("GET", f"/_alias/{projector.namespace}-{model}")
    return str(index)


async def test_a_live_index_takes_what_is_set_and_keeps_what_is_not(filled: World) -> None:
    changed = filled.settings.copy(
        update={"elasticsearch_replicas": ("tickets=1",), "elasticsearch_allocation": ("people=_name:tidedesk-1",)}
    )
    async with open_projector(changed) as projector:
        await projector.ensure_targets()
        assert (await settings_in(projector, "tickets"))["number_of_replicas"] == "1"
        assert (await settings_in(projector, "people"))["routing"]["allocation"]["require"] == {"_name": "tidedesk-1"}
    # Nothing is set now: what an operator set by hand stays, too.
    async with open_projector(filled.settings) as projector:
        await projector.ensure_targets()
        assert (await settings_in(projector, "tickets"))["number_of_replicas"] == "1"


async def test_a_rebuild_cuts_an_index_anew_and_every_shard_is_verified(filled: World) -> None:
    changed = filled.settings.copy(update={"elasticsearch_shards": ("1", "tickets=3")})
    async with open_projector(changed) as projector:
        await projector.ensure_targets()
        assert (await settings_in(projector, "tickets"))["number_of_shards"] == "1"
        await rebuild(projector, ["tickets"], lambda name, phase, done, total: None)
        assert (await settings_in(projector, "tickets"))["number_of_shards"] == "3"
        index = await live_index(projector, "tickets")
        assert {shard.number for shard in await processed(projector.elasticsearch, [index])} == {0, 1, 2}
        async with relaying(projector):
            assert await Patrol(projector, PLENTY_S).look() == []
            known = (await state.load(projector.redis)).unproven
            shards = [Shard(index, number) for number in range(3)]
            assert sum(known[shard.key].seen + 1 for shard in shards) == TICKETS
            assert all(known[shard.key].newest is None for shard in shards)
            forged = await forge_one_in_each(projector, index, shards)
            drifted = await Patrol(projector, PLENTY_S).look()
        assert {difference.document_id for difference in drifted} == forged
        assert (await (await open_verifier(projector)).run()).differences == []


async def test_without_a_place_for_copies_a_rebuild_goes_on(filled: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projector.rebuild.rebuild.WHOLE_S", 1)
    changed = filled.settings.copy(update={"elasticsearch_replicas": ("1",)})
    async with open_projector(changed) as projector:
        await projector.ensure_targets()
        before = await live_index(projector, "people")
        with capture_logs() as logs:
            await rebuild(projector, ["people"], lambda name, phase, done, total: None)
        assert await live_index(projector, "people") != before
    assert [log["waited_s"] for log in logs if log["event"] == "copies_not_started"] == [1]


async def forge_one_in_each(projector: Projector, index: str, shards: list[Shard]) -> set[str]:
    """Past the projector, and so that their digests still say what Postgres says."""
    forged = set()
    for shard in shards:
        found = await projector.elasticsearch.call(
            "POST", f"/{index}/_search?preference=_shards:{shard.number}", {"size": 1, "version": True}
        )
        (hit,) = found["hits"]["hits"]
        forged.add(hit["_id"])
        changed = {**hit["_source"], "subject": "Forged"}
        path = f"/{index}/_doc/{hit['_id']}?version={hit['_version'] + 1}&version_type=external"
        await projector.elasticsearch.call("PUT", path, changed)
    return forged
