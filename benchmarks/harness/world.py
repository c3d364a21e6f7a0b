"""A database with its indices: one size of the generated data, or a throw-away one that a figure may change."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache
from uuid import UUID

import asyncpg
import httpx
from redis.asyncio import Redis

from benchmarks.data.generator import load
from benchmarks.harness.addresses import Addresses
from benchmarks.harness.children import ROOT, RebuildRun, rebuild_in_child
from projector.bootstrap import open_projector
from projector.projections.registry import PROJECTIONS
from read_models.names import alias
from runtime.access import AccessKeys
from runtime.credential_keys import CredentialKeys, digest_of
from runtime.redis import connect_redis
from runtime.redis_line import connect_redis_line
from runtime.settings import Settings
from runtime.tokens import AccessTokens
from write_api.persistence.access import AccessRecords
from write_api.persistence.credential_keeper import CredentialKeeper
from write_api.persistence.database import create_pool
from write_api.persistence.unit_of_work import Pool

SCHEMA_SOURCES = ("alembic", "write_api/persistence/tables", "benchmarks/data")
PREFIX = "bench"
READ_MODELS = ("people", "catalog", "tickets")
# Tickets last, as how they were indexed is what is told.
ALL_READ_MODELS = (*sorted(PROJECTIONS.keys() - {"tickets"}), "tickets")
# The limits stay on and cost what they cost, but the load generator does not meet them.
UNLIMITED = 10_000_000


@dataclass(frozen=True)
class World:
    settings: Settings
    pool: Pool
    tickets: int
    # How the tickets were indexed; None where an earlier run did it.
    rebuilt: RebuildRun | None

    def token(self, agent: int = 0) -> str:
        issued, _ = AccessTokens(self.settings).issue(
            made_id("agent", agent), "agent", made_id("session", agent), datetime.now(timezone.utc)
        )
        return issued


def made_id(kind: str, number: int) -> UUID:
    """As the generator's SQL makes ids of people and sessions."""
    digest = hashlib.md5(f"{kind}{number}".encode()).hexdigest()
    return UUID(f"{digest[:12]}7{digest[13:16]}8{digest[17:]}")


@lru_cache(maxsize=1)
def data_fingerprint() -> str:
    digest = hashlib.sha256()
    for folder in SCHEMA_SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def world_settings(addresses: Addresses, name: str) -> Settings:
    return Settings(
        database_url=addresses.database(name),
        redis_url=addresses.redis_url,
        elasticsearch_url=addresses.elasticsearch_url,
        namespace=name,
        log_level="WARNING",
        access_token_ttl_s=3_600,
        rate_limit_read_per_minute=UNLIMITED,
        rate_limit_write_per_minute=UNLIMITED,
        rate_limit_anonymous_per_minute=UNLIMITED,
    )


@asynccontextmanager
async def open_world(
    addresses: Addresses, name: str, tickets: int, *, models: Sequence[str] = READ_MODELS
) -> AsyncIterator[World]:
    """Made when it is not there yet. A load that was interrupted starts anew."""
    settings = world_settings(addresses, name)
    if not await _exists(addresses, name):
        await _make_database(addresses, name, tickets)
    rebuilt = None
    if models and await _indexed_tickets(settings) != tickets:
        rebuilt = await rebuild_in_child(settings, *models)
    if models:
        await _say_how_fresh(settings)
    pool = await create_pool(settings.database_url, application_name="benchmarks", max_size=20)
    try:
        await _sign_agents_in(pool, settings)
        yield World(settings, pool, tickets, rebuilt)
    finally:
        await pool.close()


async def _sign_agents_in(pool: Pool, settings: Settings) -> None:
    """Their sessions are as old as the data, and Redis forgets those that nobody uses.

    What they may do nobody has said either: the data came past the command API.
    """
    sessions = await pool.fetch("UPDATE sessions SET last_used_at = now() RETURNING id")
    credentials = CredentialKeys(settings.namespace)
    redis, line = connect_redis(settings), connect_redis_line(settings)
    try:
        await redis.delete(credentials.vouched_for, AccessKeys(settings.namespace).seal)
        # What an earlier run put there would be gone an hour after that run, in the middle of this one.
        await redis.delete(*(credentials.session(digest_of(str(session["id"]))) for session in sessions))
        await CredentialKeeper(pool, redis, settings).look()
        await AccessRecords(line, settings.namespace).look(pool)
    finally:
        await line.aclose()
        await redis.aclose()


async def _say_how_fresh(settings: Settings) -> None:
    """As a projector says it all the time: who reads without one takes every search for older than it may be."""
    async with open_projector(settings) as projector:
        await projector.ensure_targets()
        await projector.ticker().publish()


async def drop_world(addresses: Addresses, name: str) -> None:
    async with _server(addresses) as connection:
        await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await connection.execute(f"DROP DATABASE IF EXISTS {name}_loading WITH (FORCE)")
    async with Redis.from_url(addresses.redis_url) as redis:
        keys = [key async for key in redis.scan_iter(match=f"{name}:*", count=1_000)]
        for start in range(0, len(keys), 1_000):
            await redis.unlink(*keys[start : start + 1_000])
    async with _elasticsearch(addresses.elasticsearch_url) as http:
        found = (await http.get(f"/{name}-*/_settings", params={"filter_path": "*.settings.index.uuid"})).json()
        if found:
            (await http.delete("/" + ",".join(found))).raise_for_status()


async def _make_database(addresses: Addresses, name: str, tickets: int) -> None:
    draft = f"{name}_loading"
    async with _server(addresses) as connection:
        await connection.execute(f"DROP DATABASE IF EXISTS {draft} WITH (FORCE)")
        await connection.execute(f"CREATE DATABASE {draft} TEMPLATE {await _migrated(addresses, connection)}")
    await load(addresses.database(draft), tickets)
    async with _server(addresses) as connection:
        await connection.execute(f"ALTER DATABASE {draft} RENAME TO {name}")


async def _migrated(addresses: Addresses, connection: asyncpg.Connection[asyncpg.Record]) -> str:
    """The name of an empty database with the schema of today, made once."""
    name = f"{PREFIX}_empty_{data_fingerprint()}"
    if not await connection.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", name):
        draft = f"{name}_{secrets.token_hex(3)}"
        await connection.execute(f"CREATE DATABASE {draft} TEMPLATE template0")
        await _migrate(addresses.database(draft))
        await connection.execute(f"ALTER DATABASE {draft} RENAME TO {name}")
    return name


async def _migrate(database_url: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "alembic", "upgrade", "heads"),
        cwd=ROOT,
        env={**os.environ, "TIDEDESK_DATABASE_URL": database_url, "TIDEDESK_MIGRATION_DATABASE_URL": ""},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"the migrations failed:\n{output.decode()}")


async def _indexed_tickets(settings: Settings) -> int:
    async with _elasticsearch(settings.elasticsearch_url) as http:
        answer = await http.get(f"/{alias(settings.namespace, 'tickets')}/_count")
    return int(answer.json()["count"]) if answer.status_code == httpx.codes.OK else -1


async def _exists(addresses: Addresses, name: str) -> bool:
    async with _server(addresses) as connection:
        return bool(await connection.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", name))


def _elasticsearch(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, trust_env=False, timeout=60.0)


@asynccontextmanager
async def _server(addresses: Addresses) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    connection = await asyncpg.connect(addresses.database("postgres"))
    try:
        yield connection
    finally:
        await connection.close()
