from __future__ import annotations

import asyncio
from datetime import timedelta

from projector.bootstrap import Projector
from projector.handlers import Event
from projector.housekeeping import reap_tombstones
from projector.jobs import build_worker
from projector.locks import Pool
from projector.targets import current_targets, ensure_targets
from read_models.registry import READ_MODELS
from runtime.files.choose import open_file_store
from tests.integration.projector.office import Office, differences
from tests.support.eventually import eventually


async def test_old_tombstones_are_reaped_and_young_ones_stay(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    ticket, kept = await office.open_ticket(agent.id), await office.open_ticket(agent.id)
    await fresh_projector.drain_all()
    await office.delete_ticket(ticket.id)
    await fresh_projector.drain_all()
    pool, elasticsearch = fresh_projector.pool, fresh_projector.elasticsearch
    assert await reap_tombstones(pool, elasticsearch) == 0
    # The ticket and its message.
    assert await reap_tombstones(pool, elasticsearch, older_than=timedelta()) == 2
    index = f"/{fresh_projector.namespace}-tickets/_doc"
    assert await elasticsearch.call("GET", f"{index}/{ticket.id}", missing_ok=True) is None
    assert await elasticsearch.call("GET", f"{index}/{kept.id}") is not None
    assert await differences(fresh_projector) == []


async def test_several_projectors_may_make_the_indices_at_once(fresh_projector: Projector) -> None:
    namespace = fresh_projector.namespace
    await fresh_projector.pool.execute("DELETE FROM projection_targets")
    await asyncio.gather(
        *(
            ensure_targets(fresh_projector.pool, fresh_projector.elasticsearch, namespace, refresh_ms=1000)
            for _ in range(3)
        )
    )
    live = {target.projection: target.index_name for target in await current_targets(fresh_projector.pool)}
    assert set(live) == set(READ_MODELS)
    for model, index_name in live.items():
        alias = await fresh_projector.elasticsearch.call("GET", f"/_alias/{namespace}-{model}")
        assert list(alias) == [index_name]


async def test_indices_that_are_there_get_the_interval_that_is_set(fresh_projector: Projector) -> None:
    pool, elasticsearch = fresh_projector.pool, fresh_projector.elasticsearch
    await ensure_targets(pool, elasticsearch, fresh_projector.namespace, refresh_ms=7_000)

    async def interval_of(model: str) -> str:
        path = f"/{fresh_projector.namespace}-{model}/_settings?filter_path=*.settings.index.refresh_interval"
        (index,) = (await elasticsearch.call("GET", path)).values()
        interval: str = index["settings"]["index"]["refresh_interval"]
        return interval

    assert await interval_of("tickets") == "7000ms"
    # Names are to be seen sooner than the rest, whatever is set.
    assert await interval_of("people") == "250ms"


async def test_a_subscriber_hears_of_each_event_at_least_once(fresh_projector: Projector, office: Office) -> None:
    heard: list[tuple[str, str]] = []

    async def listener(_: Pool, event: Event) -> None:
        heard.append((event.type, event.data["subject"]))

    fresh_projector.handlers = {"TicketOpened": (listener,)}
    agent = await office.hire()
    await office.open_ticket(agent.id, subject="Hello")
    await fresh_projector.drain_all()
    worker = build_worker(fresh_projector, office.pool, open_file_store(fresh_projector.settings))
    working = asyncio.ensure_future(worker.async_run())

    async def has_heard() -> bool:
        return heard == [("TicketOpened", "Hello")]

    await eventually(has_heard)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
