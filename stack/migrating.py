"""`tidedesk migrate`: what has to be done to a database before the processes of this version start."""

from __future__ import annotations

import asyncio

import typer
from alembic import command
from alembic.config import Config

from runtime.saved_environment import PROJECT
from runtime.settings import read_settings
from write_api.persistence.app_password import give_password


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: tidedesk migrate")(migrate)


def migrate() -> None:
    """Bring the database to this version, and give the role of the processes its password.

    As the owner of the tables (TIDEDESK_MIGRATION_DATABASE_URL). The password is that of TIDEDESK_DATABASE_URL.
    """
    settings = read_settings()
    owner_url = settings.migration_database_url or settings.database_url
    command.upgrade(Config(PROJECT / "alembic.ini"), "head")
    typer.echo("The database has the newest schema.")
    role = asyncio.run(give_password(owner_url, settings.database_url))
    if role is not None:
        typer.echo(f"{role} signs in with the password of TIDEDESK_DATABASE_URL.")
