from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import Table

from tests.support.addresses import StoreAddresses
from tests.support.database import ROOT, run_alembic, temporary_database
from write_api.persistence.tables import metadata, outbox, tickets

pytestmark = pytest.mark.integration

REVISIONS = sorted((ROOT / "alembic" / "versions").glob("*.py"))


@pytest_asyncio.fixture
async def empty_database(store_addresses: StoreAddresses) -> AsyncIterator[str]:
    async with temporary_database(store_addresses, f"tidedesk_migrations_{secrets.token_hex(5)}", "template0") as url:
        yield url


@pytest_asyncio.fixture(scope="module")
async def migrated_database(store_addresses: StoreAddresses) -> AsyncIterator[str]:
    async with temporary_database(store_addresses, f"tidedesk_migrated_{secrets.token_hex(5)}", "template0") as url:
        await run_alembic(url, "upgrade", "head")
        yield url


async def fetch(database_url: str, sql: str) -> list[Any]:
    connection = await asyncpg.connect(database_url)
    try:
        return await connection.fetch(sql)
    finally:
        await connection.close()


async def described(database_url: str) -> list[tuple[Any, ...]]:
    """Columns, constraints and indexes, in words that can be compared."""
    rows = await fetch(
        database_url,
        """
        SELECT table_name::text, column_name::text || ' ' || data_type || ' ' || is_nullable
            || ' ' || coalesce(column_default, '') AS what
        FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL
        SELECT conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL
        SELECT tablename::text, indexdef FROM pg_indexes WHERE schemaname = 'public'
        ORDER BY 1, 2
        """,
    )
    return [tuple(row) for row in rows]


async def test_up_down_up_ends_where_it_began(empty_database: str) -> None:
    await run_alembic(empty_database, "upgrade", "head")
    first = await described(empty_database)
    assert {table for table, _ in first} >= set(metadata.tables)
    await run_alembic(empty_database, "downgrade", "base")
    left = await fetch(
        empty_database,
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relname NOT LIKE 'alembic_version%'",
    )
    assert left == []
    await run_alembic(empty_database, "upgrade", "head")
    assert await described(empty_database) == first


async def test_the_tables_and_the_migrations_agree(migrated_database: str) -> None:
    assert "No new upgrade operations detected" in await run_alembic(migrated_database, "check")


@pytest.mark.parametrize("table", [outbox.outbox, tickets.tickets], ids=["outbox", "tickets"])
async def test_tables_are_stored_as_described(migrated_database: str, table: Table) -> None:
    [row] = await fetch(migrated_database, f"SELECT reloptions FROM pg_class WHERE oid = '{table.name}'::regclass")
    wanted = table.info["storage"]
    assert dict(option.split("=") for option in row["reloptions"]) == {
        name: str(value) for name, value in wanted.items()
    }


async def test_every_sequence_of_the_tables_exists(migrated_database: str) -> None:
    rows = await fetch(migrated_database, "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'")
    assert {row["sequencename"] for row in rows} >= set(metadata._sequences)


@pytest.mark.parametrize("path", REVISIONS, ids=lambda path: path.stem)
def test_each_migration_gives_up_when_it_must_wait_for_a_lock(path: Path) -> None:
    upgrade, downgrade = re.split(r"^def downgrade", path.read_text(), flags=re.MULTILINE)
    assert "SET LOCAL lock_timeout" in upgrade
    assert "SET LOCAL lock_timeout" in downgrade


def test_a_new_migration_sets_its_lock_timeout() -> None:
    template = (ROOT / "alembic" / "script.py.mako").read_text()
    assert template.count("SET LOCAL lock_timeout") == 2
