"""Taking a backup while everybody works: all rows as of one moment, then the files that they speak of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path

import asyncpg

from runtime.files.store import FileMissing, FileStore
from write_api.backup.archive import FILES, Manifest, NewArchive
from write_api.backup.connection import Connection, connected
from write_api.backup.content import SEQUENCES, Part, parts
from write_api.backup.errors import BackupError

# Name of what is copied, how much of it, of how much.
Show = Callable[[str, int, int], None]
_REVISION = "SELECT version_num FROM alembic_version"


@dataclass(frozen=True)
class Taken:
    manifest: Manifest
    size_bytes: int


async def take_backup(database_url: str, store: FileStore, path: Path, show: Show) -> Taken:
    taken_at = datetime.now(timezone.utc).isoformat(timespec="seconds")
    with NewArchive(path) as archive:
        async with connected(database_url) as connection:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                revision = await _revision(connection)
                copied = [await _copy(connection, archive, part, show) for part in parts()]
                # They only rise, and not with the snapshot: read afterwards they are above all rows.
                sequences = {name: await connection.fetchval(f"SELECT last_value FROM {name}") for name in SEQUENCES}
                attached = await connection.fetch("SELECT storage_key, size_bytes FROM attachments ORDER BY id")
        missing = await _copy_files(store, archive, attached, show)
        files = len(attached) - len(missing)
        manifest = Manifest(taken_at, revision, tuple(copied), sequences, files, tuple(missing))
        return Taken(manifest, archive.finish(manifest))


async def _revision(connection: Connection) -> str:
    try:
        revision: str | None = await connection.fetchval(_REVISION)
    except asyncpg.UndefinedTableError:
        revision = None
    if revision is None:
        raise BackupError("The database is empty: it has no tables of Tidedesk.", "Name the right one.")
    return revision


async def _copy(connection: Connection, archive: NewArchive, part: Part, show: Show) -> Part:
    total = await connection.fetchval(f"SELECT count(*) FROM {part.table}")
    rows = 0
    with archive.member(part.member) as member:

        async def keep(data: bytes) -> None:
            nonlocal rows
            member.write(data)
            # In this format a line is a row: line breaks within are written as \n.
            rows += data.count(b"\n")
            show(part.table, rows, total)

        await connection.copy_from_query(part.select, output=keep, format="text")
    return replace(part, rows=rows)


async def _copy_files(store: FileStore, archive: NewArchive, attached: list[asyncpg.Record], show: Show) -> list[str]:
    """Answers the keys of those that are no longer there."""
    missing = []
    for number, row in enumerate(attached, 1):
        key = row["storage_key"]
        try:
            pieces = await store.open(key, 0, row["size_bytes"] - 1)
        except FileMissing:
            missing.append(key)
            continue
        # Pictures and documents are compressed by themselves.
        with archive.member(FILES + key, compressed=False) as member:
            async for piece in pieces:
                member.write(piece)
        show("files", number, len(attached))
    return missing
