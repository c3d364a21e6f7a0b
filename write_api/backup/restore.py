"""Putting a backup into an empty database. The files come first, then all rows in one transaction: all or nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import IO

import asyncpg

from runtime.files.store import PIECE_BYTES, FileStore
from write_api.backup.archive import FILES, Archive
from write_api.backup.connection import Connection, connected
from write_api.backup.content import Part, identities
from write_api.backup.errors import BackupError
from write_api.backup.take import Show

# Without people there is nothing of anybody in a desk.
_HAS_PEOPLE = "SELECT EXISTS (SELECT 1 FROM users)"


async def schema_of(database_url: str) -> str | None:
    """The revision of a database that may be restored into; None where it has no tables. Raises BackupError."""
    async with connected(database_url) as connection:
        try:
            revision: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
        except asyncpg.UndefinedTableError:
            return None
        if revision is not None and await connection.fetchval(_HAS_PEOPLE):
            raise BackupError(
                "There are people in this database already; nothing was changed.",
                "Restore into an empty database: make a new one, and name it in TIDEDESK_MIGRATION_DATABASE_URL.",
            )
        return revision


async def restore_files(archive: Archive, store: FileStore, show: Show) -> None:
    keys = archive.files()
    for number, key in enumerate(keys, 1):
        async with store.receive(key) as arriving:
            with archive.open(FILES + key) as member:
                while piece := member.read(PIECE_BYTES):
                    await arriving.write(piece)
            await arriving.keep()
        show("files", number, len(keys))


async def restore_rows(database_url: str, archive: Archive, show: Show) -> None:
    """The schema has to be that of the backup."""
    manifest = archive.manifest
    async with connected(database_url) as connection:
        async with connection.transaction():
            for part in manifest.parts:
                await _restore(connection, archive, part, show)
            for name, value in manifest.sequences.items():
                await connection.execute("SELECT setval($1::regclass, $2)", name, value)
            for table, column in identities():
                await connection.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), max({column})) FROM {table}"
                    f" HAVING max({column}) IS NOT NULL"
                )
        # Until then Postgres believes that all of them are empty.
        await connection.execute("ANALYZE")


async def _restore(connection: Connection, archive: Archive, part: Part, show: Show) -> None:
    with archive.open(part.member) as member:
        done = await connection.copy_to_table(
            part.table, source=_lines(member, part, show), columns=list(part.columns), format="text"
        )
    if done != f"COPY {part.rows}":
        raise BackupError(
            f"Of {part.rows:,} rows of {part.table} the backup has others ({done}); nothing was restored.",
            "Take another backup.",
        )


async def _lines(member: IO[bytes], part: Part, show: Show) -> AsyncIterator[bytes]:
    rows = 0
    while data := member.read(PIECE_BYTES):
        rows += data.count(b"\n")
        yield data
        show(part.table, rows, part.rows)
