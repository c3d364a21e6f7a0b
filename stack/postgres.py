from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import asyncpg

from stack.errors import StackError
from stack.ports import HOST
from stack.privileges import ServerUser
from stack.processes import Launch, tail

T = TypeVar("T")

ROLE = "tidedesk"
# Made by the migrations: what the processes are, so that they cannot change the audit log.
APP_ROLE = "tidedesk_app"
DATABASE = "tidedesk"
DURABLE = {"shared_buffers": "256MB", "max_wal_size": "2GB", "synchronous_commit": "on"}
# For tests: a crash of the machine may lose the database, and nobody would miss it.
EPHEMERAL = {"shared_buffers": "128MB", "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
COMMON = {
    "max_connections": "200",
    "listen_addresses": HOST,
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %d ",
}


@dataclass(frozen=True)
class Postgres:
    programs: Path
    folder: Path
    port: int
    user: ServerUser
    ephemeral: bool

    @property
    def url(self) -> str:
        """As the owner of the tables."""
        return self.url_of(DATABASE)

    @property
    def app_url(self) -> str:
        return self.url_of(DATABASE, APP_ROLE)

    def url_of(self, database: str, role: str = ROLE) -> str:
        return f"postgresql://{role}@{HOST}:{self.port}/{database}"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def prepare(self, log: Path) -> None:
        """Makes the cluster on the first start."""
        if (self.data / "PG_VERSION").exists():
            return
        # renamed when it is whole: a first start that was killed leaves nothing that looks like a cluster
        draft = self.folder / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        command = [str(self.programs / "bin" / "initdb"), "-D", str(draft), "-U", ROLE, "-E", "UTF8"]
        # ordered by code point: the same on every machine, whatever its locales
        # no password, as it answers this machine alone and the addresses in the settings then simply work
        command += ["--no-locale", "-A", "trust"]
        if self.ephemeral:
            command.append("--no-sync")
        with log.open("ab") as output:
            done = subprocess.run(
                command,
                cwd=self.folder,
                env=self._environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                **self.user.as_popen_arguments(),
            )
        if done.returncode != 0:
            raise StackError("Postgres could not make its data folder.", f"Its log is {log}.", details=tail(log))
        draft.rename(self.data)

    def launch(self) -> Launch:
        settings = {**COMMON, **(EPHEMERAL if self.ephemeral else DURABLE), "port": str(self.port)}
        settings["unix_socket_directories"] = ""
        command = [str(self.programs / "bin" / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return Launch(command, self._environment(), self.folder, self.user)

    def is_ready(self) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[7].strip() == "ready" and lines[3].strip() == str(self.port)

    def create_database(self) -> None:
        _run(self._create_database())

    def fetch_value(self, query: str) -> object:
        """One value from the database, None where the query cannot be answered yet."""
        return _run(self._fetch_value(query))

    async def _create_database(self) -> None:
        connection = await asyncpg.connect(self.url_of("postgres"))
        try:
            known = await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE)
            if not known:
                await connection.execute(f'CREATE DATABASE "{DATABASE}"')
        finally:
            await connection.close()

    async def _fetch_value(self, query: str) -> object:
        connection = await asyncpg.connect(self.url)
        try:
            return await connection.fetchval(query)
        except asyncpg.UndefinedTableError:
            return None
        finally:
            await connection.close()

    def _environment(self) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _run(work: Coroutine[object, object, T]) -> T:
    """Runs a coroutine to its end even where the caller's thread already has a running loop, as in tests."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, work).result()
