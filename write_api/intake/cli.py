from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer

from domain.shared.errors import DomainError
from runtime.errors import StoreUnavailable
from runtime.long_work import LongWork
from runtime.settings import read_settings
from write_api.command_line import DONE, FOUND_A_PROBLEM, WRONG_USE, Json, stop
from write_api.identity.passwords import PasswordHasher
from write_api.intake.administrators import create_administrator
from write_api.intake.batches import Importer, import_lines
from write_api.intake.demo.content import DemoContent
from write_api.intake.demo.people import DEMO_PASSWORD
from write_api.intake.documents import DocumentImporter
from write_api.intake.lines import JsonLines
from write_api.intake.report import SHOWN_REJECTS, Stored
from write_api.intake.seeding import DemoLoginsTaken, seed_documents, seed_people, seed_tickets
from write_api.intake.tickets import TicketImporter
from write_api.persistence.database import create_pool
from write_api.persistence.unit_of_work import UnitOfWorkFactory


class Kind(str, Enum):
    TICKETS = "tickets"
    DOCUMENTS = "documents"


IMPORTERS: dict[Kind, type[Importer]] = {Kind.TICKETS: TicketImporter, Kind.DOCUMENTS: DocumentImporter}


def register(app: typer.Typer) -> None:
    app.command("import", epilog="Example: tidedesk import tickets questions.jsonl.gz")(import_file)
    app.command("seed", epilog="Example: tidedesk seed --tickets 5000 --documents 200 --seed 7")(seed)
    app.command("create-admin", epilog="Example: tidedesk create-admin --email ada@example.org --name 'Ada Lind'")(
        create_admin
    )


def import_file(kind: Kind, file: Path, as_json: Json = False) -> None:
    """Import tickets or documents from a .jsonl or .jsonl.gz file.

    What was imported before (same external id) is left as it is, so a broken run can simply be repeated. A line that
    cannot be imported is reported with its number and the reason, and the others go on; the exit code is then 1.
    """
    if not file.is_file():
        stop(f"There is no file {file}. Give the path of a .jsonl or .jsonl.gz file.", WRONG_USE)

    async def run() -> Stored:
        lines = JsonLines(file)
        importer = IMPORTERS[kind]()
        async with _units() as units:
            with LongWork(as_json) as work:

                def show(stored: Stored) -> None:
                    done, total = lines.read_bytes, lines.total_bytes
                    work.update(importer.noun, "importing", done, total, stored.handled, _counts(stored))

                return await import_lines(lines, importer, units, show)

    stored = asyncio.run(_or_explained(run()))
    if as_json:
        print(json.dumps({"kind": kind.value, "finished": True, **stored.as_json()}))
    else:
        _show(kind.value, stored)
    raise typer.Exit(FOUND_A_PROBLEM if stored.rejected else DONE)


def seed(
    tickets: Annotated[int, typer.Option(min=0)] = 120,
    documents: Annotated[int, typer.Option(min=0)] = 10,
    seed: Annotated[int, typer.Option(help="The same seed makes the same data.")] = 42,
    as_json: Json = False,
) -> None:
    """Add demo data: people, threads in several languages, help pages. Seeding again adds only what is missing."""
    settings = read_settings()
    if settings.environment == "production":
        stop("Demo data has well-known passwords, so it is refused in production.", FOUND_A_PROBLEM)
    content = DemoContent(seed, datetime.now(timezone.utc))

    async def run() -> dict[Kind, Stored]:
        hasher = PasswordHasher(rounds=settings.bcrypt_rounds)
        stored = {}
        async with _units() as units:
            await seed_people(units, content, await hasher.hash(DEMO_PASSWORD))
            for kind, seed_kind, count in (
                (Kind.DOCUMENTS, seed_documents, documents),
                (Kind.TICKETS, seed_tickets, tickets),
            ):
                with LongWork(as_json) as work:

                    def show(so_far: Stored, name: str = kind.value, total: int = count) -> None:
                        work.update(name, "seeding", so_far.handled, total, more=_counts(so_far))

                    stored[kind] = await seed_kind(units, content, count, show)
        hasher.close()
        return stored

    try:
        done = asyncio.run(_or_explained(run()))
    except DemoLoginsTaken:
        stop("The demo logins belong to somebody else here: seed with the seed that was used first.", FOUND_A_PROBLEM)
    for kind, stored in done.items():
        if as_json:
            print(json.dumps({"kind": kind.value, "finished": True, **stored.as_json()}))
        else:
            _show(kind.value, stored)


def create_admin(
    email: Annotated[str, typer.Option(prompt=True)],
    name: Annotated[str, typer.Option(prompt=True)],
    password: Annotated[
        str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True, envvar="TIDEDESK_ADMIN_PASSWORD")
    ],
) -> None:
    """Make the first administrator. The password is asked for, or taken from TIDEDESK_ADMIN_PASSWORD."""

    async def run() -> str:
        hasher = PasswordHasher(rounds=read_settings().bcrypt_rounds)
        async with _units() as units:
            user = await create_administrator(units, hasher, email=email, name=name, password=password)
        hasher.close()
        return str(user.id)

    print(f"Administrator {email} can sign in now (id {asyncio.run(_or_explained(run()))}).")


@asynccontextmanager
async def _units() -> AsyncIterator[UnitOfWorkFactory]:
    pool = await create_pool(read_settings().database_url, application_name="tidedesk-intake")
    try:
        yield UnitOfWorkFactory(pool)
    finally:
        await pool.close()


async def _or_explained(work: Coroutine[Any, Any, Any]) -> Any:
    try:
        return await work
    except DomainError as refused:
        stop(refused.message, FOUND_A_PROBLEM)
    except StoreUnavailable:
        stop(
            "Postgres does not answer. Start it with `tidedesk up`, or name another one in TIDEDESK_DATABASE_URL.",
            FOUND_A_PROBLEM,
        )


def _counts(stored: Stored) -> dict[str, Any]:
    return {"handled": stored.handled, "created": stored.created, "rejected": len(stored.rejected)}


def _show(noun: str, stored: Stored) -> None:
    print(
        f"{noun}: {stored.created:,} created, {stored.changed:,} changed, {stored.skipped:,} already there, "
        f"{len(stored.rejected):,} rejected."
    )
    for reject in stored.rejected[:SHOWN_REJECTS]:
        print(f"  line {reject.number}: {reject.reason}")
    if len(stored.rejected) > SHOWN_REJECTS:
        print(f"  ... and {len(stored.rejected) - SHOWN_REJECTS} more; --json lists all of them.")
