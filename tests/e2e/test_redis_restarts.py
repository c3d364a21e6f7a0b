"""Redis comes back empty, or as it was a moment ago: nobody who was signed out comes back with it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from redis.asyncio import Redis
from redis.exceptions import RedisError

from stack.redis import find_installed_or_bundled
from tests.support.addresses import StoreAddresses
from tests.support.desk import PASSWORD, Caller, expect
from tests.support.eventually import eventually
from tests.support.free_ports import free_port_base
from tests.support.people import People, hire, wait_until_known
from tests.support.served import Served, serve
from tests.support.world import World, open_world

LOG = "appendonly.aof"
# Processes start anew in between.
BACK_S = 60.0


class OwnRedis:
    """Writes everything down at once, and can be put back to what it was."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port = folder, free_port_base()
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        options = {"port": str(self._port), "bind": "127.0.0.1", "dir": str(self._folder), "save": ""}
        options |= {"appendonly": "yes", "appendfsync": "always"}
        command = [str(find_installed_or_bundled())]
        for name, value in options.items():
            command += [f"--{name}", value]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

        async def answers() -> bool:
            with suppress(RedisError, OSError):
                async with Redis.from_url(self.url) as redis:
                    return bool(await redis.ping())
            return False

        await eventually(answers)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def remember(self) -> Path:
        kept = self._folder / "kept.aof"
        shutil.copyfile(self._folder / LOG, kept)
        return kept

    async def restart(self, remembered: Path | None) -> None:
        self.kill()
        (self._folder / LOG).unlink()
        if remembered is not None:
            shutil.copyfile(remembered, self._folder / LOG)
        await self.start()


@dataclass(frozen=True)
class House:
    redis: OwnRedis
    world: World
    served: Served
    people: People


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[OwnRedis]:
    redis = OwnRedis(tmp_path)
    yield redis
    redis.kill()


@pytest_asyncio.fixture
async def house(
    own_redis: OwnRedis, store_addresses: StoreAddresses, template: str, tmp_path: Path
) -> AsyncIterator[House]:
    await own_redis.start()
    addresses = replace(store_addresses, redis_url=own_redis.url)
    async with open_world(addresses, template) as world, serve(world.settings, tmp_path) as served:
        people = await hire(served.desk, world)
        await wait_until_known(people)
        yield House(own_redis, world, served, people)


async def statuses_until(caller: Caller, status: int) -> set[int]:
    """What the query API answers until it answers this."""
    seen: set[int] = set()

    async def answered() -> bool:
        try:
            seen.add((await caller.read.get("/v1/tickets")).status_code)
        except httpx.TransportError:
            return False
        return status in seen

    await eventually(answered, BACK_S)
    return seen


async def test_whoever_was_signed_out_stays_out(house: House) -> None:
    people, desk = house.people, house.served.desk
    gone, robbed = await desk.register(people.admin, "agent"), await desk.register(people.admin, "agent")
    body = {"email": robbed.email, "password": PASSWORD}
    first = expect(await people.anonymous.write.post("/v1/sessions", json=body), 201)
    refresh = {"refresh_token": first["refresh_token"]}
    second = expect(await people.anonymous.write.post("/v1/sessions/refresh", json=refresh))
    thief = desk.caller(second["access_token"])
    scopes = {"name": "Report", "scopes": ["read"]}
    made = expect(await people.agent.write.post("/v1/api-tokens", json=scopes), 201)
    program = desk.caller(made["token"])
    for caller in (gone, thief, program):
        await statuses_until(caller, 200)

    remembered = house.redis.remember()
    assert (await gone.write.delete("/v1/sessions/current")).status_code == 204
    assert (await people.agent.write.delete(f"/v1/api-tokens/{made['id']}")).status_code == 204
    used = "UPDATE refresh_tokens SET used_at = used_at - interval '60 seconds' WHERE session_id = $1"
    await house.world.pool.execute(used, UUID(first["session_id"]))
    assert (await people.anonymous.write.post("/v1/sessions/refresh", json=refresh)).status_code == 401
    for caller in (gone, thief, program):
        await statuses_until(caller, 401)

    for file in (remembered, None):
        await house.redis.restart(file)
        for process in (house.served.read_api, house.served.write_api):
            process.end()
            process.start()
        for caller in (gone, thief, program):
            assert await statuses_until(caller, 401) <= {401, 503}
        # Who was not signed out goes on, without doing anything about it.
        assert await statuses_until(people.agent, 200) <= {200, 503}
        for token in (first["refresh_token"], second["refresh_token"]):
            await eventually_refused(people, token)


async def eventually_refused(people: People, refresh_token: str) -> None:
    async def refused() -> bool:
        try:
            answer = await people.anonymous.write.post("/v1/sessions/refresh", json={"refresh_token": refresh_token})
        except httpx.TransportError:
            return False
        assert answer.status_code in (401, 503), answer.text
        return answer.status_code == 401

    await eventually(refused, BACK_S)
