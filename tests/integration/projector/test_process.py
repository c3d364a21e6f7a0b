"""The whole process in this loop: what it keeps whole while it runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest

from domain.knowledge.document import Document
from projector.bootstrap import Projector, open_projector
from projector.projections.registry import PROJECTIONS
from projector.rebuild.rebuild import Rebuild
from projector.targets import current_targets
from projector.worker import run_until
from runtime.settings import Settings
from tests.integration.projector.office import Office, differences, found, now, pending
from tests.support.eventually import eventually
from tests.support.free_ports import free_port_base
from tests.support.world import World


class Interrupted(BaseException):
    pass


@asynccontextmanager
async def process(settings: Settings) -> AsyncIterator[None]:
    stop = asyncio.Event()
    running = asyncio.ensure_future(run_until(stop, settings))
    try:
        yield
    finally:
        stop.set()
        await running


async def test_starts_projects_answers_and_stops(fresh_world: World, office: Office) -> None:
    settings = fresh_world.settings.copy(update={"projector_port": free_port_base()})
    agent = await office.hire()
    ticket = await office.open_ticket(agent.id)
    async with (
        process(settings),
        open_projector(settings) as projector,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.projector_port}") as client,
    ):

        async def is_ready() -> bool:
            try:
                return (await client.get("/readyz")).status_code == 200
            except httpx.ConnectError:
                return False

        await eventually(is_ready)
        await eventually(lambda: is_found(projector, str(ticket.id)))
        assert (await client.get("/livez")).json() == {"status": "ok"}
        assert 'tidedesk_projector_rows_total{result="done"}' in (await client.get("/metrics")).text
    assert (
        await office.pool.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'projector'"
            " AND datname = current_database()"
        )
        == 0
    )


async def is_found(projector: Projector, ticket_id: str) -> bool:
    if len(await current_targets(projector.pool)) < 7:
        return False
    return ticket_id in await found(projector, "tickets", {"match_all": {}})


async def test_an_index_that_was_deleted_comes_back_full(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    old = await office.open_ticket(agent.id)
    await fresh_projector.drain_all()
    async with process(fresh_projector.settings):
        (index,) = [t.index_name for t in await current_targets(fresh_projector.pool) if t.projection == "tickets"]
        await fresh_projector.elasticsearch.call("DELETE", f"/{index}")
        new = await office.open_ticket(agent.id)

        async def is_whole() -> bool:
            alias = f"/{fresh_projector.namespace}-tickets"
            if await fresh_projector.elasticsearch.call("GET", alias, missing_ok=True) is None:
                return False
            return set(await found(fresh_projector, "tickets", {"match_all": {}})) == {str(old.id), str(new.id)}

        await eventually(is_whole, timeout_s=60.0)
    assert await pending(fresh_projector) == 0
    assert await differences(fresh_projector) == []


async def test_a_rebuild_that_was_interrupted_is_finished(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    await office.open_ticket(agent.id)
    await fresh_projector.drain_all()

    def interrupt(name: str, phase: str, done: int, total: int) -> None:
        raise Interrupted

    with pytest.raises(Interrupted):
        await Rebuild(fresh_projector, PROJECTIONS["tickets"], interrupt).run()
    (half_built,) = [t.index_name for t in await current_targets(fresh_projector.pool) if t.state == "building"]
    async with process(fresh_projector.settings):

        async def is_live() -> bool:
            live = [t.index_name for t in await current_targets(fresh_projector.pool) if t.state == "live"]
            return half_built in live

        await eventually(is_live)
    assert await differences(fresh_projector) == []


async def test_redis_comes_back_full(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    await office.open_ticket(agent.id)
    await fresh_projector.drain_all()
    async with process(fresh_projector.settings):
        redis, keys = fresh_projector.redis.redis, fresh_projector.redis.keys
        await redis.unlink(*[key async for key in redis.scan_iter(match=f"{fresh_projector.namespace}:*")])

        async def is_filled() -> bool:
            return bool(await redis.exists(keys.filled))

        await eventually(is_filled)
    assert await differences(fresh_projector) == []


async def test_publishes_what_was_planned(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    document = Document.create(title="Soon", body="Here.", locale="en", author_id=agent.id, at=now())
    document.submit(at=now())
    document.approve(at=now())
    document.publish(at=now(), publish_at=now() + timedelta(milliseconds=500))
    async with office.unit_of_work() as unit:
        await unit.documents.add(document)
        await unit.commit()
    async with process(fresh_projector.settings):

        async def is_published() -> bool:
            return await found(fresh_projector, "documents", {"match_all": {}}) == [f"{document.id}:en"]

        await eventually(is_published, timeout_s=20.0)
