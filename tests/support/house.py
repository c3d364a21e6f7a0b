"""A whole desk in one process, for tests that need both APIs and decide themselves what is projected."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.types import ASGIApp

from projector.bootstrap import Projector, open_projector
from read_api.bootstrap import create_app as create_read_app
from runtime.tasks import cancel_all
from tests.support.addresses import StoreAddresses
from tests.support.asgi import client_for, running
from tests.support.desk import Caller, Desk
from tests.support.eventually import eventually
from tests.support.people import hire
from tests.support.world import World, open_world
from write_api.bootstrap import create_app as create_write_app


@dataclass(frozen=True)
class House:
    """Both APIs on stores of their own. Nothing is projected but by `drain`: of the projector only who is signed in."""

    world: World
    projector: Projector
    desk: Desk
    admin: Caller
    write_app: ASGIApp
    read_app: ASGIApp

    async def drain(self) -> None:
        await self.projector.drain_all()
        # What is indexed can be found from here on.
        await self.world.elasticsearch.indices.refresh(index=f"{self.world.namespace}-*")

    async def group(self, name: str) -> str:
        answer = await self.admin.write.post("/v1/groups", json={"name": name})
        group_id: str = answer.json()["id"]
        return group_id

    async def organization(self, name: str, *, shares_tickets: bool = False) -> str:
        body = {"name": name, "shares_tickets": shares_tickets}
        answer = await self.admin.write.post("/v1/organizations", json=body)
        organization_id: str = answer.json()["id"]
        return organization_id


@asynccontextmanager
async def open_house(addresses: StoreAddresses, template: str) -> AsyncIterator[House]:
    async with (
        open_world(addresses, template, rate_limit_enabled=False, exports_per_caller=1_000, exports_max=1_000) as world,
        open_projector(world.settings) as projector,
    ):
        await projector.ensure_targets()
        await projector.fill_redis()
        async with (
            signed_in_known(projector),
            running(create_write_app(world.settings)) as write_app,
            running(create_read_app(world.settings)) as read_app,
        ):
            desk = Desk(lambda headers: client_for(write_app, headers), lambda headers: client_for(read_app, headers))
            people = await hire(desk, world)
            house = House(world, projector, desk, people.admin, write_app, read_app)
            await house.drain()
            await eventually(lambda: is_known(people.admin))
            yield house
            await desk.aclose()


@asynccontextmanager
async def signed_in_known(projector: Projector) -> AsyncIterator[None]:
    keeping = asyncio.ensure_future(projector.credential_keeper().keep())
    try:
        yield
    finally:
        await cancel_all([keeping])


async def is_known(caller: Caller) -> bool:
    return (await caller.read.get("/v1/tickets", params={"limit": 1})).status_code == 200
