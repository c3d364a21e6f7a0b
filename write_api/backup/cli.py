from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from redis.exceptions import RedisError

from runtime.access import AccessKeys
from runtime.credential_keys import CredentialKeys
from runtime.errors import StoreUnavailable
from runtime.files.choose import open_file_store
from runtime.files.store import FileStore
from runtime.long_work import LongWork, print_json
from runtime.redis import connect_redis
from runtime.settings import Settings, read_settings
from write_api.backup.archive import Archive
from write_api.backup.errors import BackupError
from write_api.backup.migrations import bring_schema_to
from write_api.backup.restore import restore_files, restore_rows, schema_of
from write_api.backup.take import Taken, take_backup
from write_api.command_line import FOUND_A_PROBLEM, WRONG_USE, Json, stop

NEXT_STEPS = ("projector rebuild all", "projector verify")


def register(app: typer.Typer) -> None:
    app.command("backup", epilog="Example: tidedesk backup desk-2026-11-26.zip")(backup)
    app.command("restore", epilog="Example: tidedesk restore desk-2026-11-26.zip && projector rebuild all")(restore)


def backup(
    file: Path,
    replace: Annotated[bool, typer.Option("--replace", help="Where there is such a file already.")] = False,
    as_json: Json = False,
) -> None:
    """Write all that the desk knows into one file, while people work: the rows as of one moment, and all attachments.

    It holds personal data and password hashes: keep it as safe as the database. The search index is not in it, as it
    can be built again. The exit code is 1 if an attachment's file is missing.
    """
    if file.exists() and not replace:
        stop(f"There is {file} already. Choose another name, or add --replace.", WRONG_USE)
    settings = read_settings()

    async def run() -> Taken:
        store = open_file_store(settings)
        try:
            with LongWork(as_json) as work:
                return await take_backup(
                    _owners_url(settings),
                    store,
                    file,
                    lambda name, done, total: work.update(name, "copying", done, total),
                )
        finally:
            await store.aclose()

    with _explained():
        taken = asyncio.run(run())
    manifest = taken.manifest
    missing = len(manifest.missing_files)
    if as_json:
        print_json(
            {"file": str(file), "bytes": taken.size_bytes, "rows": manifest.rows, "files": manifest.files}
            | {"missing_files": missing, "taken_at": manifest.taken_at, "revision": manifest.revision}
        )
    else:
        print(f"{file}: {manifest.rows:,} rows and {manifest.files:,} attachments, {taken.size_bytes / 1e6:,.1f} MB.")
        if missing:
            print(f"{missing:,} attachments have no file any more; the backup names them in its manifest.")
    raise typer.Exit(FOUND_A_PROBLEM if missing else 0)


def restore(file: Path, as_json: Json = False) -> None:
    """Put a backup into an empty database and its attachments beside it; nobody stays signed in.

    It takes the schema to that of the backup, and afterwards to the present one. The index is built from it by
    `projector rebuild all`.
    """
    settings = read_settings()
    with _explained():
        archive = Archive(file)
        archive.require_undamaged()
        manifest, url = archive.manifest, _owners_url(settings)
        bring_schema_to(manifest.revision, url, asyncio.run(schema_of(url)))
        asyncio.run(_restore(archive, settings, url, as_json))
        archive.close()
        bring_schema_to("head", url, manifest.revision)
        told = asyncio.run(_let_redis_hear_anew(settings))
    if as_json:
        print_json({"rows": manifest.rows, "files": manifest.files, "taken_at": manifest.taken_at, "next": NEXT_STEPS})
        return
    print(f"{manifest.rows:,} rows and {manifest.files:,} attachments are back, as of {manifest.taken_at}.")
    if not told:
        print("Redis does not answer: empty it before the processes start, or it goes on with what it knew.")
    print(f"Everybody has to sign in again. Now build the index: {' && '.join(NEXT_STEPS)}")


async def _restore(archive: Archive, settings: Settings, database_url: str, as_json: bool) -> None:
    store: FileStore = open_file_store(settings)
    try:
        with LongWork(as_json) as work:

            def show(name: str, done: int, total: int) -> None:
                work.update(name, "restoring", done, total)

            await restore_files(archive, store, show)
            await restore_rows(database_url, archive, show)
    finally:
        await store.aclose()


async def _let_redis_hear_anew(settings: Settings) -> bool:
    """What it knows of people and sign-ins is of another desk; without a seal nobody believes it."""
    redis = connect_redis(settings)
    try:
        await redis.delete(CredentialKeys(settings.namespace).vouched_for, AccessKeys(settings.namespace).seal)
    except RedisError:
        return False
    finally:
        await redis.aclose()
    return True


def _owners_url(settings: Settings) -> str:
    return settings.migration_database_url or settings.database_url


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except BackupError as error:
        stop(str(error), FOUND_A_PROBLEM)
    except StoreUnavailable as error:
        stop(f"{error} Start it with `tidedesk up`, or name another one in the settings.", FOUND_A_PROBLEM)
