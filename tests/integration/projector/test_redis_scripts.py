from __future__ import annotations

import random
from collections.abc import Awaitable
from typing import Any, cast
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projector.bootstrap import Projector
from projector.sinks.redis import FillOvertaken, RedisSink, Update
from projector.verify.counters import counter_fields
from read_models.events import change_text, parse_change
from read_models.guard import REFILL_SCRIPT, Guard
from read_models.keys import Keys
from tests.integration.projector.office import Office, differences
from tests.support.words import word
from tests.support.world import World

TICKETS = [UUID(int=number) for number in range(1, 4)]
BUCKETS = ["", "new,none,none", "open,a,g", "open,none,g", "closed,a,none"]


@pytest.fixture
def sink(world: World) -> RedisSink:
    return RedisSink(world.redis, Keys(f"{world.namespace}:{word()}"))


async def counters(sink: RedisSink) -> dict[str, int]:
    held = await cast("Awaitable[dict[bytes, bytes]]", sink.redis.hgetall(sink.keys.counters))
    return {field.decode(): int(value) for field, value in held.items()}


async def guard(sink: RedisSink, aggregate_type: str, aggregate_id: UUID) -> Guard:
    value = await cast("Awaitable[bytes]", sink.redis.hget(sink.keys.applied(aggregate_type), str(aggregate_id)))
    return Guard.parse(value)


deliveries = st.lists(
    st.tuples(st.sampled_from(TICKETS), st.integers(1, 12), st.sampled_from(BUCKETS)), min_size=1, max_size=25
)


@settings(max_examples=40, deadline=None)
@given(deliveries=deliveries, seed=st.integers(0, 1000))
async def test_however_deliveries_are_shuffled_and_doubled_the_newest_wins(
    world: World, deliveries: list[tuple[UUID, int, str]], seed: int
) -> None:
    sink = RedisSink(world.redis, Keys(f"{world.namespace}:{word()}"))
    # One version has one content.
    content = {(ticket, version): bucket for ticket, version, bucket in deliveries}
    shuffled = [*content.items(), *content.items()]
    random.Random(seed).shuffle(shuffled)
    for (ticket, version), bucket in shuffled:
        body = f"{version}".encode()
        await sink.apply(version, [Update("ticket", ticket, version, bucket, b"", [("tickets", str(ticket), body)])])
    newest = {ticket: max(v for t, v in content if t == ticket) for ticket, _ in content}
    expected: dict[str, int] = {}
    for ticket, version in newest.items():
        assert await guard(sink, "ticket", ticket) == Guard(version, version, content[ticket, version])
        assert await sink.redis.get(sink.keys.document("tickets", str(ticket))) == f"{version}".encode()
        if content[ticket, version]:
            for field in counter_fields(content[ticket, version]):
                expected[field] = expected.get(field, 0) + 1
    assert await counters(sink) == expected


async def told(sink: RedisSink) -> list[dict[bytes, bytes]]:
    return [fields for _, fields in await sink.redis.xrange(sink.keys.events)]


async def test_subscribers_are_told_of_every_batch_also_of_one_that_comes_late(sink: RedisSink) -> None:
    ticket = TICKETS[0]
    for version in (2, 1):
        change = change_text("ticket", str(ticket), version, "shown", "public", ())
        await sink.apply(version, [Update("ticket", ticket, version, "open,a,g", change=change, deciding="{}")])
    await sink.apply(3, [Update("ticket", TICKETS[1], 1)])
    assert [parse_change(fields).version for fields in await told(sink)] == [2, 1]


async def test_of_what_is_deleted_it_is_said_whose_it_was(sink: RedisSink) -> None:
    ticket = TICKETS[0]
    await sink.apply(1, [Update("ticket", ticket, 1, "open,none,g")])
    change = change_text("ticket", str(ticket), 2, "gone", "public", ())
    await sink.apply(2, [Update("ticket", ticket, 2, change=change, deciding='{"requester_id": "r"}')])
    (fields,) = await told(sink)
    whose = {"requester_id": "r", "organization_id": None, "assignee_id": None, "group_id": "g"}
    assert parse_change(fields).deciding == whose


async def test_only_so_many_events_are_kept(world: World) -> None:
    sink = RedisSink(world.redis, Keys(f"{world.namespace}:{word()}"), events_kept=100)
    for version in range(1, 1_000):
        change = change_text("ticket", str(TICKETS[0]), version, "shown", "public", ())
        await sink.apply(version, [Update("ticket", TICKETS[0], version, change=change)])
    versions = [parse_change(fields).version for fields in await told(sink)]
    assert 100 <= len(versions) <= 250 and versions == list(range(1_000 - len(versions), 1_000))


async def test_a_label_goes_with_its_aggregate(sink: RedisSink) -> None:
    group = TICKETS[0]
    await sink.apply(1, [Update("group", group, 1, label=b"Ops")])
    key = sink.keys.labels("group")
    assert await cast("Awaitable[Any]", sink.redis.hget(key, str(group))) == b"Ops"
    await sink.apply(2, [Update("group", group, 2)])
    assert await cast("Awaitable[Any]", sink.redis.hget(key, str(group))) is None


async def test_a_change_of_a_label_has_a_name_that_was_not_there_before(sink: RedisSink) -> None:
    async def named() -> bytes | None:
        return cast("bytes | None", await sink.redis.get(sink.keys.labels_changed))

    group, other, _ = TICKETS
    await sink.apply(1, [Update("ticket", group, 1, "open,a,g")])
    assert await named() is None, "tickets have no labels"
    await sink.apply(2, [Update("group", group, 1, label=b"Ops")])
    first = await named()
    await sink.apply(3, [Update("group", group, 2, label=b"Ops")])
    assert first is not None and await named() == first, "nothing to be seen has changed"
    await sink.apply(2, [Update("group", group, 1, label=b"Old")])
    assert await named() == first, "it came too late"
    await sink.apply(4, [Update("group", group, 3)])
    second = await named()
    await sink.fill(await sink.begin_fill(), "group", [Update("group", other, 1, label=b"Dev")])
    assert len({first, second, await named()}) == 3


async def test_a_fill_adds_only_what_is_missing(sink: RedisSink) -> None:
    there, missing, _ = TICKETS
    await sink.apply(7, [Update("ticket", there, 3, "open,a,g")])
    filled = await sink.fill(
        await sink.begin_fill(),
        "ticket",
        [Update("ticket", there, 2, "new,none,none"), Update("ticket", missing, 4, "open,none,g")],
    )
    assert filled == 1
    assert await guard(sink, "ticket", there) == Guard(7, 3, "open,a,g")
    assert await guard(sink, "ticket", missing) == Guard(0, 4, "open,none,g")
    assert (await counters(sink))["all:-:open"] == 2
    # Whatever is live is newer than a fill.
    await sink.apply(1, [Update("ticket", missing, 5, "closed,a,none")])
    assert await guard(sink, "ticket", missing) == Guard(1, 5, "closed,a,none")


async def test_a_fill_that_redis_forgot_writes_nothing_more(sink: RedisSink) -> None:
    ticket, name = TICKETS[0], await sink.begin_fill()
    # What FLUSHALL does to this namespace.
    await sink.redis.unlink(sink.keys.filled_by)
    with pytest.raises(FillOvertaken):
        await sink.fill(name, "ticket", [Update("ticket", ticket, 2, "open,a,g")])
    with pytest.raises(FillOvertaken):
        await sink.finish_fill(name)
    assert await cast("Awaitable[Any]", sink.redis.hget(sink.keys.applied("ticket"), str(ticket))) is None
    assert not await sink.redis.exists(sink.keys.filled)


async def test_a_refill_does_not_replace_what_was_applied_meanwhile(sink: RedisSink) -> None:
    ticket = TICKETS[0]
    key = sink.keys.document("tickets", str(ticket))

    async def refill(version: int) -> int:
        done = sink.redis.eval(
            REFILL_SCRIPT, 2, sink.keys.applied("ticket"), key, str(ticket), str(version), f"refilled {version}", "60"
        )
        return await cast("Awaitable[int]", done)

    assert await refill(1) == 1
    await sink.apply(9, [Update("ticket", ticket, 3, documents=[("tickets", str(ticket), b"applied 3")])])
    assert await refill(2) == 0
    assert await sink.redis.get(key) == b"applied 3"
    assert await refill(3) == 1


async def test_scripts_come_back_after_redis_lost_them(sink: RedisSink) -> None:
    await sink.apply(1, [Update("ticket", TICKETS[0], 1)])
    await sink.redis.script_flush()
    await sink.apply(2, [Update("ticket", TICKETS[0], 2)])
    assert (await guard(sink, "ticket", TICKETS[0])).aggregate_version == 2


async def test_redis_is_filled_again_after_it_lost_everything(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    waiting = await office.open_ticket(agent.id)
    await office.open_ticket(agent.id)
    await fresh_projector.drain_all()
    await office.retitle(waiting.id, "Still in the outbox")
    redis, keys = fresh_projector.redis.redis, fresh_projector.redis.keys
    lost = [key async for key in redis.scan_iter(match=f"{fresh_projector.namespace}:*")]
    await redis.unlink(*lost)
    assert await fresh_projector.fill_redis() == 3
    assert await redis.exists(keys.filled)
    # Nothing says that a version is visible which is not.
    filled = await guard(fresh_projector.redis, "ticket", waiting.id)
    assert [filled.covers(version) for version in (1, 2)] == [True, False]
    await fresh_projector.drain_all()
    assert (await guard(fresh_projector.redis, "ticket", waiting.id)).covers(2)
    assert await differences(fresh_projector) == []
