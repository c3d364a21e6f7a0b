from __future__ import annotations

import asyncio
from logging.config import fileConfig
from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from runtime.settings import read_settings
from write_api.persistence.hosts import Hosts
from write_api.persistence.tables import metadata
from write_api.persistence.tables.outbox import TransactionId

DRIVER = "postgresql+asyncpg://"

if context.config.config_file_name is not None:
    fileConfig(context.config.config_file_name, disable_existing_loggers=False)


def database_url() -> str:
    """A caller's own (`config.attributes`), or `-x url=…`, or the configured one."""
    url: str = (
        context.config.attributes.get("database_url")
        or context.get_x_argument(as_dictionary=True).get("url")
        or configured_url()
    )
    return url


def configured_url() -> str:
    settings = read_settings()
    return settings.migration_database_url or settings.database_url


def render_item(kind: str, item: object, autogen_context: AutogenContext) -> str | Literal[False]:
    if kind == "type" and isinstance(item, TransactionId):
        autogen_context.imports.add("from write_api.persistence.tables.outbox import TransactionId")
        return "TransactionId()"
    return False


def migrate(connection: Connection) -> None:
    connection.dialect.ischema_names["xid8"] = TransactionId  # type: ignore[attr-defined]
    context.configure(
        connection=connection, target_metadata=metadata, compare_server_default=True, render_item=render_item
    )
    with context.begin_transaction():
        context.run_migrations()


async def migrate_online() -> None:
    # The address is not SQLAlchemy's to read: it knows no list of hosts.
    engine = create_async_engine(DRIVER, async_creator=Hosts(database_url()).connect, poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


def migrate_offline() -> None:
    context.configure(url=DRIVER, target_metadata=metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    migrate_offline()
else:
    asyncio.run(migrate_online())
