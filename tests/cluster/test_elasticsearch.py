"""A node of Elasticsearch is killed: nothing is lost, and searches go on all the time."""

from __future__ import annotations

from projector.projections.registry import PROJECTIONS
from projector.rebuild.copy import PIPELINES
from projector.rebuild.rebuild import Rebuild
from runtime.errors import StoreUnavailable
from tests.cluster.conftest import StartFault, whole_only
from tests.cluster.nodes import NAMES
from tests.cluster.searcher import Searcher
from tests.cluster.stack import ClusterStack
from tests.faults.harness import Run
from tests.faults.test_projectors import others_are_quick

# Small, so that there is a rebuild to disturb.
RANGE_IDS = 2
TRIES = 5


async def test_a_node_is_killed_during_writes(fault: StartFault, cluster: ClusterStack) -> None:
    async with fault("elasticsearch node killed during writes", Searcher) as run:
        tickets = f"{run.arena.settings.namespace}-tickets"
        await cluster.nodes.whole()
        assert all(zones == {"a", "b"} for zones in cluster.nodes.zones_of(f"{run.arena.settings.namespace}-*"))
        for number in range(run.scale.nodes_killed):
            # First the one that takes the writes of tickets, then one that decides where things are.
            victim = cluster.nodes.primary_of(tickets) if number % 2 == 0 else cluster.nodes.master()
            cluster.nodes.kill(victim)
            run.killed()
            await run.written(20)
            await others_are_quick(run)
            assert cluster.nodes.primary_of(tickets) != victim
            await cluster.nodes.start(victim)


@whole_only
async def test_a_node_is_killed_during_a_rebuild(fault: StartFault, cluster: ClusterStack) -> None:
    for name in NAMES[:2]:
        async with fault(f"elasticsearch node killed during a rebuild, {name}", Searcher) as run:
            await run.written(60)
            victim = await rebuild_and_kill(run, cluster)
            await others_are_quick(run)
            await cluster.nodes.start(victim)


async def rebuild_and_kill(run: Run, cluster: ClusterStack) -> str:
    """The node that holds what has been copied until then; answers which it was."""
    killed: list[str] = []

    def strike(_: str, phase: str, __: int, total: int) -> None:
        # The first range of many is copied.
        if phase == "copying" and not killed:
            assert total > RANGE_IDS * PIPELINES
            killed.append(cluster.nodes.primary_of(f"{run.arena.settings.namespace}-tickets-*"))
            cluster.nodes.kill(killed[0])
            run.killed()

    async with run.arena.projector() as projector:
        rebuild = Rebuild(projector, PROJECTIONS["tickets"], strike, RANGE_IDS)
        result, tries = None, 0
        while result is None:
            tries += 1
            try:
                # What an operator does whom it told that Elasticsearch was away for a moment.
                result = await rebuild.run(resume=tries > 1)
            except StoreUnavailable:
                assert tries < TRIES
        (live,) = await projector.elasticsearch.call("GET", f"/_alias/{projector.namespace}-tickets")
    assert killed and result.index_name == live
    run.outcome.notes.append(f"{result.documents} documents, {tries} tries")
    return killed[0]
