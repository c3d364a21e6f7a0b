"""Databases of a test run: one migrated template, copied for everyone who needs an empty one."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from tests.support.addresses import StoreAddresses

ROOT = Path(__file__).parents[2]
SCHEMA_SOURCES = ("alembic", "write_api/persistence/tables")
# Any number will do, as long as every run that shares a server uses the same one.
TEMPLATE_LOCK = 7_021_003


def schema_fingerprint() -> str:
    digest = hashlib.sha256()
    for folder in SCHEMA_SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


async def ensure_template(addresses: StoreAddresses) -> str:
    """Name of a database with the newest schema: migrated once for all workers, again when the schema changed."""
    template = f"tidedesk_template_{schema_fingerprint()}"
    unfinished = f"{template}_unfinished"
    async with server(addresses) as connection:
        await connection.execute("SELECT pg_advisory_lock($1)", TEMPLATE_LOCK)
        if not await connection.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", template):
            await connection.execute(f"DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)")
            await connection.execute(f"CREATE DATABASE {unfinished} TEMPLATE template0")
            await migrate(addresses.database(unfinished))
            await connection.execute(f"ALTER DATABASE {unfinished} RENAME TO {template}")
    return template


async def migrate(database_url: str, revision: str = "head", direction: str = "upgrade") -> None:
    await run_alembic(database_url, direction, revision)


async def run_alembic(database_url: str, *arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "alembic",
        *arguments,
        cwd=ROOT,
        # Neither of the two from a shell that has the settings of a running stack.
        env={**os.environ, "TIDEDESK_DATABASE_URL": database_url, "TIDEDESK_MIGRATION_DATABASE_URL": ""},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"alembic {' '.join(arguments)} failed:\n{output.decode()}")
    return output.decode()


@asynccontextmanager
async def server(addresses: StoreAddresses) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(addresses.database_url)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def temporary_database(
    addresses: StoreAddresses, name: str, template: str, *, drop: bool = True
) -> AsyncIterator[str]:
    """The address of a copy of `template` that exists until the end of the block."""
    async with server(addresses) as connection:
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield addresses.database(name)
    finally:
        if drop:
            async with server(addresses) as connection:
                await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
