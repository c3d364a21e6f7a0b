"""The continuous verification: any drift is found in one look, put right, counted, and nothing else is written."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, cast

import pytest

from projector.bootstrap import Projector, open_projector
from projector.locks import VERIFY, try_session_lock, unlock_session
from projector.projections.registry import PROJECTIONS
from projector.verify import state
from projector.verify.changes import PAGE, processed
from projector.verify.patrol import Patrol
from projector.verify.ranges import NO_ID
from projector.verify.verify import open_verifier
from read_models.guard import Guard
from runtime.errors import StoreUnavailable
from tests.integration.projector.office import Office, differences, found
from tests.integration.projector.test_process import process
from tests.integration.projector.test_verify import index_of, put
from tests.support.eventually import eventually
from tests.support.relaying import relaying

STRANGER = "00000000-0000-7000-8000-000000000001"
# So that one look goes through everything, however slow the machine is now.
PLENTY_S = 60.0


async def writes(projector: Projector) -> int:
    """How many documents were ever written to the indices."""
    answer = await projector.elasticsearch.call("GET", f"/{projector.namespace}-*/_stats/indexing")
    count: int = answer["_all"]["primaries"]["indexing"]["index_total"]
    return count


async def source_of(projector: Projector, index: str, document_id: str) -> dict[str, Any]:
    return dict((await projector.elasticsearch.call("GET", f"/{index}/_doc/{document_id}"))["_source"])


async def forget_passes(projector: Projector) -> None:
    """As when the time for another pass has come."""
    known = await state.load(projector.redis)
    known.rotations.clear()
    await state.save(projector.redis, known)


async def drift(projector: Projector) -> set[tuple[str, str, str, str]]:
    await forget_passes(projector)
    async with relaying(projector):
        seen = await Patrol(projector, PLENTY_S).look()
    return {(d.store, d.projection, d.kind, d.document_id) for d in seen}


async def test_nothing_drifted(fresh_projector: Projector, desk: dict[str, str]) -> None:
    before = await writes(fresh_projector)
    assert await drift(fresh_projector) == set()
    assert await writes(fresh_projector) == before
    known = await state.load(fresh_projector.redis)
    assert {by: rotation.passed_at is not None for by, rotation in known.rotations.items()} == {
        "versions": True,
        "redis": True,
        "digests": True,
    }
    assert all(unproven.newest is None for unproven in known.unproven.values())


async def test_what_somebody_did_to_elasticsearch(fresh_projector: Projector, desk: dict[str, str]) -> None:
    tickets, documents = await index_of(fresh_projector, "tickets"), await index_of(fresh_projector, "documents")
    assert await drift(fresh_projector) == set()
    changed = await source_of(fresh_projector, tickets, desk["first"])
    # Its digest is left as it was, so that all sums are still right.
    await put(fresh_projector, tickets, desk["first"], {**changed, "subject": "Forged"})
    await fresh_projector.elasticsearch.call("DELETE", f"/{documents}/_doc/{desk['document']}?refresh=true")
    await put(fresh_projector, tickets, STRANGER, {"id": STRANGER, "subject": "Nobody's"})
    await put(fresh_projector, tickets, "twin", await source_of(fresh_projector, tickets, desk["second"]))
    before = await writes(fresh_projector)
    assert await drift(fresh_projector) == {
        ("elasticsearch", "tickets", "different", desk["first"]),
        ("elasticsearch", "documents", "missing", desk["document"]),
        ("elasticsearch", "tickets", "extra", STRANGER),
        ("elasticsearch", "tickets", "extra", "twin"),
    }
    # The stranger becomes a tombstone, its twin without an id of its own is deleted.
    assert await writes(fresh_projector) == before + 3
    assert await differences(fresh_projector) == []
    assert await drift(fresh_projector) == set()
    metric = "tidedesk_projector_drift_total"
    labels = {"store": "elasticsearch", "projection": "tickets", "kind": "extra"}
    assert fresh_projector.metrics.registry.get_sample_value(metric, labels) == 2


async def test_an_older_document_is_found_without_building_any(fresh_projector: Projector, office: Office) -> None:
    """As Elasticsearch restored from a snapshot would have it: right in itself."""
    agent = await office.hire()
    ticket = await office.open_ticket(agent.id)
    await fresh_projector.drain_all()
    index = await index_of(fresh_projector, "tickets")
    _, older = await fresh_projector.elasticsearch.send("GET", f"/{index}/_source/{ticket.id}", timeout_s=10)
    await office.retitle(ticket.id, "Newer")
    await fresh_projector.drain_all()
    path = f"/{index}/_doc/{ticket.id}?refresh=true"
    status, _ = await fresh_projector.elasticsearch.send("PUT", path, older, timeout_s=10)
    assert status == 200
    verifier = await open_verifier(fresh_projector)
    looked = await verifier.ranges(PROJECTIONS["tickets"]).by_versions(NO_ID)
    assert [difference.kind for difference in looked.differences] == ["different"]
    assert await drift(fresh_projector) == {("elasticsearch", "tickets", "different", str(ticket.id))}
    assert await differences(fresh_projector) == []


async def test_what_somebody_did_to_redis(fresh_projector: Projector, desk: dict[str, str]) -> None:
    redis, keys = fresh_projector.redis.redis, fresh_projector.redis.keys
    await redis.set(keys.document("tickets", desk["first"]), b"{}")
    await cast("Awaitable[int]", redis.hdel(keys.labels("user"), desk["agent"]))
    await cast("Awaitable[int]", redis.hset(keys.labels("group"), STRANGER, "{}"))
    await cast("Awaitable[int]", redis.hset(keys.applied("ticket"), desk["second"], "9|9|closed,none,none"))
    await cast("Awaitable[int]", redis.hincrby(keys.counters, "all:-:solved", 7))
    assert await drift(fresh_projector) == {
        ("redis", "tickets", "different", desk["first"]),
        ("redis", "labels", "missing", desk["agent"]),
        ("redis", "labels", "extra", STRANGER),
        ("redis", "guards", "different", desk["second"]),
        ("redis", "counters", "different", "all:-:solved"),
    }
    assert await differences(fresh_projector) == []


async def test_a_guard_whose_version_is_higher_than_any_drawn(
    fresh_projector: Projector, office: Office, desk: dict[str, str]
) -> None:
    """It says what is true, and would refuse every change from now on."""
    redis, key = fresh_projector.redis.redis, fresh_projector.redis.keys.applied("ticket")
    value = await cast("Awaitable[bytes]", redis.hget(key, desk["first"]))
    guard = Guard.parse(value)
    high = f"123456|{guard.aggregate_version}|{guard.bucket}"
    await cast("Awaitable[int]", redis.hset(key, desk["first"], high))
    assert await drift(fresh_projector) == {("redis", "guards", "different", desk["first"])}
    assert await differences(fresh_projector) == []


async def test_what_is_pending_or_dead_is_no_drift(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    poison, waiting = await office.open_ticket(agent.id), await office.open_ticket(agent.id)
    await fresh_projector.drain_all()
    await office.pool.execute(
        "UPDATE tickets SET custom_fields = jsonb_build_object('k', repeat('x', 40000)) WHERE id = $1", poison.id
    )
    await office.retitle(poison.id, "Poison")
    await fresh_projector.drain_all()
    await office.retitle(waiting.id, "Later")
    await office.pool.execute("UPDATE outbox SET attempts = 3, next_at = now() + interval '5 minutes'")
    assert await drift(fresh_projector) == set()


async def test_only_one_projector_looks(fresh_projector: Projector, desk: dict[str, str]) -> None:
    tickets = await index_of(fresh_projector, "tickets")
    await fresh_projector.elasticsearch.call("DELETE", f"/{tickets}/_doc/{desk['first']}?refresh=true")
    async with fresh_projector.pool.acquire() as other:
        assert await try_session_lock(other, VERIFY)
        assert await drift(fresh_projector) == set()
        await unlock_session(other, VERIFY)
    assert await drift(fresh_projector) == {("elasticsearch", "tickets", "missing", desk["first"])}


async def test_a_look_takes_a_step_of_each_however_short_its_time(fresh_projector: Projector, office: Office) -> None:
    """And the next, by another projector, goes on from there."""
    agent = await office.hire()
    await office.open_ticket(agent.id)
    await fresh_projector.drain_all()
    looks = 0
    while looks < 100:
        async with open_projector(fresh_projector.settings) as other:
            assert await Patrol(other, budget_s=0.0).look() == []
        looks += 1
        known = await state.load(fresh_projector.redis)
        if all(rotation.passed_at is not None for rotation in known.rotations.values()):
            break
    assert looks > 1, "one look had time for everything"
    assert all(rotation.passed_at is not None for rotation in known.rotations.values())


async def test_an_index_without_a_started_shard_is_a_store_that_is_away(fresh_projector: Projector) -> None:
    elasticsearch, index = fresh_projector.elasticsearch, f"{fresh_projector.namespace}-unassigned"
    nowhere = {"index.number_of_replicas": 0, "index.routing.allocation.require._name": "nowhere"}
    await elasticsearch.call("PUT", f"/{index}?wait_for_active_shards=0", {"settings": nowhere})
    try:
        with pytest.raises(StoreUnavailable, match=index):
            await processed(elasticsearch, [index])
    finally:
        await elasticsearch.call("DELETE", f"/{index}")


async def test_newest_writes_are_looked_at_first(fresh_projector: Projector, office: Office) -> None:
    """However many from before are left."""
    agent = await office.hire()
    for _ in range(2):
        await office.open_ticket(agent.id)
    await office.pool.execute(
        "INSERT INTO ticket_fields (id, key, label, type, version, created_at, updated_at)"
        " SELECT gen_random_uuid(), 'k' || n, 'K', 'text', 1, now(), now() FROM generate_series(1, $1) AS n",
        2 * PAGE,
    )
    await office.pool.execute(
        "INSERT INTO outbox (shard, aggregate_type, aggregate_id, aggregate_version, event_type)"
        " SELECT 0, 'ticket_field', id, 1, 'Test' FROM ticket_fields"
    )
    await fresh_projector.drain_all()
    catalog = await index_of(fresh_projector, "catalog")
    forged = str(await office.pool.fetchval("SELECT id FROM ticket_fields LIMIT 1"))
    changed = await source_of(fresh_projector, catalog, forged)
    await put(fresh_projector, catalog, forged, {**changed, "label": "Forged"})
    async with relaying(fresh_projector):
        seen = await Patrol(fresh_projector, budget_s=0.0).look()
    assert forged in {difference.document_id for difference in seen}
    assert (await state.load(fresh_projector.redis)).unproven[catalog].newest is not None


@pytest.mark.parametrize("drifted", ["deleted", "forged"])
async def test_drift_is_put_right_while_everything_runs(
    fresh_projector: Projector, desk: dict[str, str], drifted: str
) -> None:
    tickets, both = await index_of(fresh_projector, "tickets"), {desk["first"], desk["second"]}
    async with process(fresh_projector.settings):
        await eventually(lambda: has_passed(fresh_projector), timeout_s=60.0)
        if drifted == "deleted":
            await fresh_projector.elasticsearch.call("DELETE", f"/{tickets}/_doc/{desk['first']}?refresh=true")
        else:
            changed = await source_of(fresh_projector, tickets, desk["first"])
            await put(fresh_projector, tickets, desk["first"], {**changed, "subject": "Forged"})

        async def is_right() -> bool:
            answer = await fresh_projector.elasticsearch.call(
                "GET", f"/{tickets}/_doc/{desk['first']}", missing_ok=True
            )
            is_itself = bool(answer) and answer["_source"]["subject"] == "Printer"
            return is_itself and set(await found(fresh_projector, "tickets", {"match_all": {}})) == both

        await eventually(is_right, timeout_s=60.0)


async def has_passed(projector: Projector) -> bool:
    rotations = (await state.load(projector.redis)).rotations.values()
    return len(rotations) == 3 and all(rotation.passed_at is not None for rotation in rotations)
