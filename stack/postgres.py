from __future__ import annotations

import asyncio
import signal
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
from stack.processes import ProcessSpec, tail

T = TypeVar("T")

NAME = "postgres"
ROLE = "tidedesk"
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
    "password_encryption": "scram-sha-256",
}


@dataclass(frozen=True)
class Postgres:
    programs: Path
    folder: Path
    port: int
    password: str
    user: ServerUser
    ephemeral: bool

    @property
    def url(self) -> str:
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        return f"postgresql://{ROLE}:{self.password}@{HOST}:{self.port}/{database}"

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def prepare(self, log: Path) -> None:
        """Makes the cluster on the first start."""
        if (self._data / "PG_VERSION").exists():
            return
        password_file = self.folder / "password"
        password_file.write_text(self.password)
        self.user.own_tree(self.folder)
        password_file.chmod(0o600)
        command = [str(self.programs / "bin" / "initdb"), "-D", str(self._data), "-U", ROLE, "-E", "UTF8"]
        # builtin C ordering: the same on every machine, whatever its locales
        command += ["--no-locale", "-A", "trust" if self.ephemeral else "scram-sha-256", "--pwfile", str(password_file)]
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
                user=None if self.user.is_caller else self.user.uid,
                group=None if self.user.is_caller else self.user.gid,
                extra_groups=None if self.user.is_caller else [],
            )
        password_file.unlink()
        if done.returncode != 0:
            raise StackError("Postgres could not make its data folder.", f"Its log is {log}.", details=tail(log, 12))

    def spec(self) -> ProcessSpec:
        settings = {**COMMON, **(EPHEMERAL if self.ephemeral else DURABLE), "port": str(self.port)}
        settings["unix_socket_directories"] = ""
        command = [str(self.programs / "bin" / "postgres"), "-D", str(self._data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return ProcessSpec(
            name=NAME,
            label="Postgres",
            command=command,
            environment=self._environment(),
            directory=self.folder,
            # fast shutdown: open transactions are rolled back instead of waited for
            stop_signal=signal.SIGINT,
            user=self.user,
        )

    def is_ready(self) -> bool:
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
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
