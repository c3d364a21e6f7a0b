"""What the command API says in Redis of people's rights, on a Redis that is emptied, killed and filled up."""

from __future__ import annotations

import asyncio
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest
import pytest_asyncio
from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.identity.user import User
from domain.shared.ids import uuid7
from runtime.access import AccessKeys
from runtime.redis_line import RedisLine
from runtime.tasks import cancel_all
from stack.redis import find_installed_or_bundled
from tests.integration.write_api.conftest import AT, stored_user
from tests.support.eventually import eventually
from tests.support.free_ports import free_port_base
from write_api.persistence.access import AccessRecords, record_of
from write_api.persistence.unit_of_work import Pool, UnitOfWorkFactory

KEYS = AccessKeys("tests")


class OwnRedis:
    """A server that can be killed; what it was told is in its file."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port_base()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        options = {"port": self.port, "bind": "127.0.0.1", "dir": folder, "save": "", "appendonly": "yes"}
        words = [f"--{name} {value}".split(" ", 1) for name, value in {**options, "appendfsync": "always"}.items()]
        self._command = [str(find_installed_or_bundled()), *(part for pair in words for part in pair)]
        self._server: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        self._server = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        await eventually(self._answers)

    def kill(self) -> None:
        assert self._server is not None
        self._server.send_signal(signal.SIGKILL)
        self._server.wait()

    async def _answers(self) -> bool:
        try:
            async with Redis.from_url(self.url) as redis:
                return bool(await redis.ping())
        except (RedisError, OSError):
            return False


@pytest_asyncio.fixture
async def own_redis(tmp_path: Path) -> AsyncIterator[OwnRedis]:
    server = OwnRedis(tmp_path)
    try:
        await server.start()
        yield server
    finally:
        server.kill()


@pytest_asyncio.fixture
async def redis(own_redis: OwnRedis) -> AsyncIterator[Redis]:
    async with Redis.from_url(own_redis.url) as client:
        yield client


@pytest_asyncio.fixture
async def records(own_redis: OwnRedis) -> AsyncIterator[AccessRecords]:
    line = RedisLine(own_redis.url)
    yield AccessRecords(line, "tests")
    await line.aclose()


@pytest_asyncio.fixture
async def kept(records: AccessRecords, pool: Pool) -> AsyncIterator[AccessRecords]:
    """As in a process that runs."""
    keeping = asyncio.create_task(records.keep(pool))
    await eventually(records.is_sealed)
    yield records
    await cancel_all([keeping])


@pytest.fixture
def user() -> Iterator[User]:
    user = User.register(name="Ada", email=f"{uuid7()}@example.com", role="agent", at=AT)
    user.saved()
    yield user


async def role_of(redis: Redis, user: User) -> tuple[int, str] | None:
    record = await redis.execute_command("HGET", KEYS.users, str(user.id))  # type: ignore[no-untyped-call]
    return None if record is None else ((known := orjson.loads(record))["version"], known["role"])


async def test_all_who_are_stored_are_brought_before_it_is_sealed(
    records: AccessRecords, pool: Pool, redis: Redis, unit_of_work: UnitOfWorkFactory
) -> None:
    stored = [await stored_user(unit_of_work, role) for role in ("admin", "agent", "customer")]
    assert not await records.is_sealed()
    keeping = asyncio.create_task(records.keep(pool))
    await eventually(records.is_sealed)
    await cancel_all([keeping])
    assert [await role_of(redis, one) for one in stored] == [(1, "admin"), (1, "agent"), (1, "customer")]
    assert await redis.hlen(KEYS.users) == await pool.fetchval("SELECT count(*) FROM users")  # type: ignore[misc]


async def test_what_is_older_does_not_replace_what_is_newer(records: AccessRecords, redis: Redis, user: User) -> None:
    before = record_of(user)
    user.change({"role": "customer"}, at=AT)
    user.saved()
    for record in (record_of(user), before, before):
        await records.announce([record])
    assert await role_of(redis, user) == (2, "customer")


async def test_a_server_that_was_killed_and_read_its_file_is_another_run(
    kept: AccessRecords, own_redis: OwnRedis, redis: Redis, user: User
) -> None:
    await kept.announce([record_of(user)])
    sealed_by = await redis.get(KEYS.seal)
    own_redis.kill()
    await own_redis.start()
    # Its file says that it was sealed, by the run before.
    assert await role_of(redis, user) == (1, "agent")
    await eventually(kept.is_sealed)
    assert await redis.get(KEYS.seal) != sealed_by


async def test_a_flush_while_records_are_brought_leaves_it_unsealed(
    records: AccessRecords, pool: Pool, redis: Redis, unit_of_work: UnitOfWorkFactory
) -> None:
    await stored_user(unit_of_work, "agent")

    class Flushing:
        """The pool, on which another flushes Redis after each page."""

        flushed = 0

        async def fetch(self, sql: str, after: UUID, limit: int) -> list[asyncpg.Record]:
            rows = await pool.fetch(sql, after, limit)
            if not rows and self.flushed < 2:
                self.flushed += 1
                await redis.flushall()
            return rows

    flushing: Any = Flushing()
    keeping = asyncio.create_task(records.keep(flushing))
    await eventually(records.is_sealed)
    await cancel_all([keeping])
    assert flushing.flushed == 2
    assert await redis.hlen(KEYS.users) == await pool.fetchval("SELECT count(*) FROM users")  # type: ignore[misc]


async def test_a_server_that_is_full_and_takes_no_record_is_no_longer_believed(
    kept: AccessRecords, redis: Redis, user: User
) -> None:
    await redis.config_set("maxmemory", "1")
    await kept.announce([record_of(user)])
    assert await role_of(redis, user) is None
    assert not await kept.is_sealed()
    await redis.config_set("maxmemory", "0")
    await eventually(kept.is_sealed)


async def test_where_nobody_answers_the_commit_stands_and_it_is_said_later(
    kept: AccessRecords, own_redis: OwnRedis, redis: Redis, unit_of_work: UnitOfWorkFactory, pool: Pool
) -> None:
    own_redis.kill()
    announcing = UnitOfWorkFactory(pool, announce=kept.announce)
    stored = await stored_user(announcing, "agent")
    await own_redis.start()
    await eventually(lambda: is_known(kept, redis, stored))


async def is_known(kept: AccessRecords, redis: Redis, stored: User) -> bool:
    return await kept.is_sealed() and await role_of(redis, stored) == (1, "agent")
