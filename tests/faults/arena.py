"""One empty Tidedesk on the fault stack: a database, a namespace, and the real processes with people signed in."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx
from redis.asyncio import Redis

from projector.bootstrap import Projector, open_projector
from runtime.serving import UVICORN_OPTIONS
from runtime.settings import Settings
from tests.faults.child import Child
from tests.faults.stack import FaultStack
from tests.support.database import server
from tests.support.desk import ADMIN_EMAIL, PASSWORD, Caller, Desk, OpenClient, expect
from tests.support.eventually import eventually
from tests.support.free_ports import free_port_base
from tests.support.served import KEEP_ALIVE, environment_of
from tests.support.world import as_app, test_settings
from write_api.identity.passwords import PasswordHasher
from write_api.intake.administrators import create_administrator
from write_api.persistence.database import create_pool
from write_api.persistence.unit_of_work import UnitOfWorkFactory

READY_TIMEOUT_S = 90.0


@dataclass
class Staff:
    admin: Caller
    agent: Caller
    reviewer: Caller

    async def are_answered(self) -> bool:
        for caller in (self.admin, self.agent, self.reviewer):
            expect(await caller.read.get("/v1/tickets", params={"limit": 1}))
        return True


@dataclass
class Arena:
    stack: FaultStack
    settings: Settings
    port: int
    desk: Desk
    write_api: Child | None = None
    read_api: Child | None = None
    projectors: list[Child] = field(default_factory=list)
    _started: int = 0

    @property
    def write_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start_write_api(self, *doom: str) -> Child:
        entry = ["tests.faults.doomed_write_api"] if doom else ["uvicorn", "write_api.main:app"]
        options = () if doom else (*UVICORN_OPTIONS, *KEEP_ALIVE)
        self.write_api = self._child("write_api", [*entry, "--port", str(self.port), *options, *doom])
        return self.write_api

    def start_read_api(self) -> Child:
        arguments = ["uvicorn", "read_api.main:app", "--port", str(self.port + 1), *UVICORN_OPTIONS, *KEEP_ALIVE]
        self.read_api = self._child("read_api", arguments)
        return self.read_api

    def start_projector(self, *doom: str) -> Child:
        arguments = ["tests.faults.doomed_projector", *doom] if doom else ["projector", "run"]
        child = self._child("projector", arguments)
        self.projectors.append(child)
        return child

    async def kill_projectors(self) -> None:
        while self.projectors:
            await self.projectors.pop().kill()

    async def make_whole(self) -> None:
        """Everything runs and answers; what has to run and was ended by a fault is started again."""
        self.projectors = [child for child in self.projectors if child.status is None]
        if not self.projectors:
            self.start_projector()
        if self.write_api is None or self.write_api.status is not None:
            self.start_write_api()
        if self.read_api is None or self.read_api.status is not None:
            self.start_read_api()
        await eventually(self._is_ready, READY_TIMEOUT_S, interval_s=0.1)

    async def _is_ready(self) -> bool:
        for child in (self.write_api, self.read_api, *self.projectors):
            assert child is not None
            if child.status is not None:
                raise RuntimeError(f"{child.name} ended with {child.status}:\n{child.last_lines()}")
        try:
            clients = (self.desk.anonymous.write, self.desk.anonymous.read)
            return all([(await client.get("/readyz")).status_code == 200 for client in clients])
        except httpx.TransportError:
            return False

    async def hire(self) -> Staff:
        pool = await create_pool(self.settings.database_url, application_name="tests", max_size=2)
        hasher = PasswordHasher(rounds=4)
        try:
            await create_administrator(
                UnitOfWorkFactory(pool), hasher, email=ADMIN_EMAIL, name="Ada Admin", password=PASSWORD
            )
        finally:
            hasher.close()
            await pool.close()
        admin = await self.desk.sign_in(ADMIN_EMAIL, name="Ada Admin")
        agent = await self.desk.register(admin, "agent")
        staff = Staff(admin, agent, await self.desk.register(admin, "agent"))
        # The query API knows people by what the projector brought over.
        await eventually(staff.are_answered, READY_TIMEOUT_S, interval_s=0.1)
        return staff

    @asynccontextmanager
    async def postgres(self) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
        connection = await asyncpg.connect(self.settings.database_url)
        try:
            yield connection
        finally:
            await connection.close()

    @asynccontextmanager
    async def redis(self) -> AsyncIterator[Redis]:
        client = Redis.from_url(self.settings.redis_url)
        try:
            yield client
        finally:
            await client.aclose()

    @asynccontextmanager
    async def projector(self) -> AsyncIterator[Projector]:
        """The projector's parts in this process: to look at the stores as it does."""
        async with open_projector(self.settings) as opened:
            yield opened

    async def stop(self) -> None:
        for child in (self.write_api, self.read_api, *self.projectors):
            if child is not None:
                await child.kill()
        await self.desk.aclose()

    def _child(self, kind: str, arguments: list[str]) -> Child:
        self._started += 1
        name = f"{self.settings.namespace}-{kind}-{self._started}"
        return Child(name, arguments, environment_of(self.settings), self.stack.layout)


@asynccontextmanager
async def open_arena(stack: FaultStack, **changes: Any) -> AsyncIterator[tuple[Arena, Staff]]:
    name = f"fault{secrets.token_hex(4)}"
    async with server(stack.addresses) as connection:
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {stack.template}")
    settings = test_settings(
        stack.addresses,
        as_app(stack.addresses.database(name)),
        name,
        rate_limit_enabled=False,
        # The whole run signs in once.
        access_token_ttl_s=3_600,
        **{**stack.changes, **changes},
    )
    port = free_port_base()
    arena = Arena(stack, settings, port, Desk(_clients_at(port), _clients_at(port + 1)))
    try:
        await arena.make_whole()
        yield arena, await arena.hire()
    finally:
        await arena.stop()


def _clients_at(port: int) -> OpenClient:
    return lambda headers: httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30.0)
