"""A Postgres and its standby, made by a base backup; either of them can be killed, and the standby promoted."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import asyncpg

from stack.layout import Layout
from stack.ports import HOST
from stack.postgres import DATABASE, ROLE, Postgres
from stack.processes import ManagedProcess
from stack.services import POSTGRES
from tests.support.eventually import eventually

STANDBY = "standby"
DEADLINE_S = 60.0
# Of a running server: its own files, and what a standby makes anew. The folders are needed.
LEFT_OUT_FILES = frozenset({"postmaster.pid", "postmaster.opts", "standby.signal"})
EMPTY_FOLDERS = frozenset({"pg_wal", "pg_replslot", "pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots"})


@dataclass
class Server:
    postgres: Postgres
    process: ManagedProcess

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
        connection = await asyncpg.connect(self.postgres.url_of("postgres"))
        try:
            yield connection
        finally:
            await connection.close()

    async def start(self) -> None:
        self.process.start(self.postgres.launch())
        await asyncio.to_thread(self.process.wait_until, self.postgres.is_ready, deadline_s=DEADLINE_S)

    async def kill(self) -> None:
        """Without a word: what it had not sent is gone with it."""
        group = self.process.pid
        assert group is not None
        sessions = _children(group)
        self.process.kill()
        # Each leads a group of its own, and would find the time to say goodbye.
        for session in sessions:
            with suppress(ProcessLookupError):
                os.kill(session, signal.SIGKILL)
        await asyncio.to_thread(self.process.wait_stopped, group)

    async def set(self, name: str, value: str) -> None:
        async with self.connected() as connection:
            await connection.execute(f"ALTER SYSTEM SET {name} TO '{value}'")
            await connection.execute("SELECT pg_reload_conf()")


class Pair:
    def __init__(self, layout: Layout, first: Postgres, first_process: ManagedProcess, port: int) -> None:
        service = replace(POSTGRES, name="postgres-2", label="Postgres, second")
        folder = layout.store_folder(service.name, first.user)
        self.primary = Server(first, first_process)
        self.standby = Server(replace(first, folder=folder, port=port), ManagedProcess(service, layout))

    @property
    def url(self) -> str:
        """Of both, whichever is the primary."""
        hosts = sorted(f"{HOST}:{server.postgres.port}" for server in (self.primary, self.standby))
        return f"postgresql://{ROLE}@{','.join(hosts)}/{DATABASE}?target_session_attrs=primary"

    @property
    def second_process(self) -> ManagedProcess:
        """The one that the stores know nothing of."""
        (second,) = [one for one in (self.primary, self.standby) if one.process.service.name != POSTGRES.name]
        return second.process

    async def add_standby(self) -> None:
        async with self.primary.connected() as connection:
            await self._reserve(connection)
            await connection.execute("SELECT pg_backup_start($1, true)", STANDBY)
            data = self.standby.postgres.data
            await asyncio.to_thread(_copy, self.primary.postgres.data, data)
            label = await connection.fetchval("SELECT labelfile FROM pg_backup_stop(false)")
        (data / "backup_label").write_text(label)
        (data / "standby.signal").touch()
        with (data / "postgresql.auto.conf").open("a") as settings:
            port = self.primary.postgres.port
            settings.write(f"primary_conninfo = 'host={HOST} port={port} user={ROLE} application_name={STANDBY}'\n")
            settings.write(f"primary_slot_name = '{STANDBY}'\nsynchronous_standby_names = ''\n")
        self.standby.postgres.user.own_tree(data)
        data.chmod(0o700)
        await self.standby.start()
        await self.has_all()

    async def make_synchronous(self) -> None:
        """From here on a commit is answered when the standby has it on its disk."""
        await self.primary.set("synchronous_standby_names", STANDBY)
        await self._is("sync_state = 'sync'")

    async def has_all(self) -> None:
        """The standby has everything that was committed until now."""
        async with self.primary.connected() as connection:
            position = await connection.fetchval("SELECT pg_current_wal_flush_lsn()::text")
        await self._is(f"replay_lsn >= '{position}'")

    async def cut_off(self) -> None:
        """The standby hears nothing any more, as when the network between the two is gone."""
        await self.standby.set("primary_conninfo", "")

        async def is_alone() -> bool:
            async with self.primary.connected() as connection:
                return not await connection.fetchval("SELECT count(*) FROM pg_stat_replication")

        await eventually(is_alone, DEADLINE_S)

    async def fail_over(self) -> None:
        """The primary is killed, the standby takes its place."""
        await self.primary.kill()
        async with self.standby.connected() as connection:
            assert await connection.fetchval("SELECT pg_promote(true, 60)")
        self.primary, self.standby = self.standby, self.primary

    async def _reserve(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        """What is written from now on is kept until the standby has it."""
        await connection.execute(
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1", STANDBY
        )
        await connection.execute("SELECT pg_create_physical_replication_slot($1, true)", STANDBY)

    async def _is(self, condition: str) -> None:
        async def holds() -> bool:
            async with self.primary.connected() as connection:
                return bool(await connection.fetchval(f"SELECT bool_or({condition}) FROM pg_stat_replication"))

        await eventually(holds, DEADLINE_S)


def _children(parent: int) -> list[int]:
    found = []
    for place in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            if int(place.joinpath("stat").read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(place.name))
    return found


def _copy(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)

    def left_out(folder: str, names: list[str]) -> list[str]:
        if Path(folder).name in EMPTY_FOLDERS and Path(folder).parent == source:
            return names
        return [name for name in names if name in LEFT_OUT_FILES or name.startswith("pgsql_tmp")]

    shutil.copytree(source, target, ignore=left_out, copy_function=_copy_file)


def _copy_file(source: str, target: str) -> None:
    # What is deleted meanwhile is deleted by the log, too.
    with suppress(FileNotFoundError):
        shutil.copy2(source, target)
