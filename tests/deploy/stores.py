"""Postgres and Redis that ask for the passwords of the .env; Elasticsearch is that of the test run."""

from __future__ import annotations

import shlex
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import asyncpg

from stack import redis as embedded_redis
from stack import servers
from stack.layout import Layout
from stack.ports import HOST, Ports
from stack.postgres import DATABASE, ROLE, Postgres
from stack.privileges import ServerUser
from stack.processes import Launch, ManagedProcess, stop_together
from stack.services import POSTGRES, REDIS
from tests.support.addresses import StoreAddresses
from tests.support.compose import Container
from tests.support.free_ports import free_port_base

DEADLINE_S = 60.0
# As the image makes it with --auth-host=scram-sha-256, of which no connection of ours is an exception.
PASSWORDS_ONLY = "host all all 127.0.0.1/32 scram-sha-256\n"


@dataclass(frozen=True)
class PasswordStores:
    # Name and port of each in the network of the containers -> where it is here.
    addresses: dict[str, str]


@asynccontextmanager
async def password_stores(
    layout: Layout, services: dict[str, Container], shared: StoreAddresses
) -> AsyncIterator[PasswordStores]:
    user, ports = ServerUser.choose(), Ports(free_port_base())
    programs = servers.unpack(user, print)
    folder = layout.store_folder(POSTGRES.name, user)
    postgres = Postgres(programs.postgres, folder, ports.postgres, user, ephemeral=True)
    postgres_process, redis_process = ManagedProcess(POSTGRES, layout), ManagedProcess(REDIS, layout)
    try:
        redis_process.start(_redis(layout, services["redis"], programs, ports.redis, user))
        postgres.prepare(layout.log(POSTGRES.name))
        postgres_process.start(postgres.launch())
        postgres_process.wait_until(postgres.is_ready, deadline_s=DEADLINE_S)
        postgres.create_database()
        await _require_password(postgres, services["postgres"].environment["POSTGRES_PASSWORD"])
        yield PasswordStores(
            {
                "postgres:5432": f"{HOST}:{ports.postgres}",
                "redis:6379": f"{HOST}:{ports.redis}",
                "elasticsearch:9200": urlsplit(shared.elasticsearch_url).netloc,
            }
        )
    finally:
        stop_together([postgres_process, redis_process])


async def _require_password(postgres: Postgres, password: str) -> None:
    """From now on everybody is asked for one, also the owner."""
    connection = await asyncpg.connect(postgres.url_of(DATABASE))
    try:
        await connection.execute(f"ALTER ROLE {ROLE} PASSWORD '{password}'")
        (postgres.folder / "data" / "pg_hba.conf").write_text(PASSWORDS_ONLY)
        await connection.execute("SELECT pg_reload_conf()")
    finally:
        await connection.close()


def _redis(layout: Layout, container: Container, programs: servers.Servers, port: int, user: ServerUser) -> Launch:
    """The command of the container, with a port and an address of this machine."""
    program = embedded_redis.find_program(user, programs.folder)
    command = [word.replace("--port 6379", f"--port {port} --bind {HOST}") for word in container.command]
    assert command != container.command, shlex.join(command)
    environment = {**container.environment, "PATH": f"{program.parent}:/usr/bin:/bin"}
    return Launch(command, environment, layout.store_folder(REDIS.name, user), user)
