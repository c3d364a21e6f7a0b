"""The process around the commands: health, lost stores, and the wake-up of the projector."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis
from starlette.types import ASGIApp
from structlog.testing import capture_logs

from domain.tickets.ticket import Ticket
from read_models.keys import Keys
from runtime.errors import StoreUnavailable
from runtime.redis_line import RedisLine
from runtime.settings import Settings
from runtime.store_metrics import PoolUse
from tests.integration.write_api.conftest import Someone
from tests.support.asgi import client_for, running
from tests.support.eventually import eventually
from tests.support.free_ports import free_port_base
from tests.support.world import World
from write_api.bootstrap import create_app
from write_api.persistence.database import create_pool, pool_use
from write_api.persistence.unit_of_work import Pool, UnitOfWorkFactory
from write_api.wake import ProjectorWake

pytestmark = pytest.mark.integration
GOOD = {"subject": "Fine", "body": "Fine."}


@asynccontextmanager
async def client_with(settings: Settings, someone: Someone, **changes: Any) -> AsyncIterator[httpx.AsyncClient]:
    async with running(create_app(settings.copy(update=changes))) as app:
        async with client_for(app, dict(someone.client.headers)) as client:
            yield client


async def test_it_is_ready_when_its_stores_are(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "checks": {
            "postgres": {"status": "ok", "required": True},
            "redis": {"status": "ok", "required": False},
        },
    }


async def test_without_postgres_it_says_so(settings: Settings, agent: Someone) -> None:
    nowhere = f"postgresql://tidedesk@127.0.0.1:{free_port_base()}/nothing"
    async with client_with(settings, agent, database_url=nowhere) as client:
        answer = await client.post("/v1/tickets", json=GOOD)
        assert (answer.status_code, answer.json()["code"]) == (503, "store.unavailable")
        assert answer.json()["store"] == "postgres"
        assert int(answer.headers["Retry-After"]) > 0
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (503, "unavailable")
        assert (await client.get("/livez")).status_code == 200


async def test_without_redis_commands_go_on(settings: Settings, agent: Someone) -> None:
    nowhere = f"redis://127.0.0.1:{free_port_base()}/0"
    async with client_with(settings, agent, redis_url=nowhere) as client:
        assert (await client.post("/v1/tickets", json=GOOD)).status_code == 201
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (200, "degraded")


async def test_a_lost_connection_is_one_unavailable_answer(world: World, ticket: Ticket) -> None:
    pool = await create_pool(world.settings.database_url, application_name="to be cut", min_size=1, max_size=1)
    unit_of_work = UnitOfWorkFactory(pool)
    with pytest.raises(StoreUnavailable):
        async with unit_of_work() as unit:
            await unit.session.begin()
            await cut(world.pool, "to be cut")
            await unit.tickets.get(ticket.id)
    async with unit_of_work() as unit:
        await unit.tickets.add(ticket)
        assert (await unit.commit()).xid is not None
    await pool.close()


async def cut(pool: Pool, application_name: str) -> None:
    await pool.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1", application_name
    )


async def test_a_pool_that_is_used_up_is_unavailable(settings: Settings) -> None:
    pool = await create_pool(settings.database_url, application_name="small", min_size=0, max_size=1)
    unit_of_work = UnitOfWorkFactory(pool, acquire_timeout_s=0.05)
    async with unit_of_work():
        with pytest.raises(StoreUnavailable):
            async with unit_of_work():
                pytest.fail("there is no second connection")
    await pool.close()


async def test_who_waits_for_a_connection_is_counted(settings: Settings) -> None:
    pool = await create_pool(settings.database_url, application_name="small", min_size=0, max_size=2)
    assert pool_use(pool) == PoolUse(idle=0, used=0, most=2, waiting=0)
    async with pool.acquire(), pool.acquire():
        waiting = [asyncio.ensure_future(pool.fetchval("SELECT 1")) for _ in range(3)]

        async def all_wait() -> bool:
            return pool_use(pool) == PoolUse(idle=0, used=2, most=2, waiting=3)

        await eventually(all_wait)
    assert await asyncio.gather(*waiting) == [1, 1, 1]
    assert pool_use(pool) == PoolUse(idle=2, used=0, most=2, waiting=0)
    await pool.close()


async def test_a_commit_wakes_the_projector(settings: Settings, redis: Redis, agent: Someone) -> None:
    async with redis.pubsub() as listener:
        await listener.subscribe(Keys(settings.namespace).wake)
        await eventually(lambda: listener.get_message(timeout=1))
        await agent.client.post("/v1/tickets", json=GOOD)
        message = await eventually(lambda: listener.get_message(ignore_subscribe_messages=True, timeout=1))
    assert message["type"] == "message"


class CountingLine:
    def __init__(self) -> None:
        self.published: list[object] = []

    def ask(self, command: str, channel: str, _: bytes) -> asyncio.Future[object]:
        self.published.append((command, channel))
        return asyncio.get_running_loop().create_future()


async def test_many_commits_share_few_wake_ups() -> None:
    line = CountingLine()
    wake = ProjectorWake(line, "ns")  # type: ignore[arg-type]
    wake()
    assert line.published == [("PUBLISH", "ns:wake")]
    for _ in range(1000):
        wake()
    await eventually(lambda: _as_awaitable(len(line.published) == 2))
    wake.close()
    assert len(line.published) == 2


async def test_nobody_minds_that_nobody_was_woken() -> None:
    away = RedisLine("redis://127.0.0.1:1/0")
    wake = ProjectorWake(away, "ns")
    with capture_logs() as logs:
        wake()
        await eventually(lambda: _as_awaitable(bool(logs)))
    wake.close()
    await away.aclose()
    assert logs[0]["event"] == "projector_not_woken"


async def _as_awaitable(value: bool) -> bool:
    return value


async def test_the_openapi_document_names_every_command(app: ASGIApp, anonymous: httpx.AsyncClient) -> None:
    document = (await anonymous.get("/openapi.json")).json()
    operations = {operation["operationId"] for methods in document["paths"].values() for operation in methods.values()}
    assert operations >= {
        "open_ticket",
        "change_ticket",
        "delete_ticket",
        "add_message",
        "change_ticket_status",
        "create_ticket_field",
        "change_ticket_field",
    }
    posted = document["paths"]["/v1/tickets"]["post"]
    assert {"ETag", "Location", "Consistency-Token"} <= set(posted["responses"]["201"]["headers"])
    assert posted["security"] == [{"bearer": []}, {"browser": []}]
