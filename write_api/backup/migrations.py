from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from runtime.saved_environment import PROJECT
from write_api.backup.errors import BackupError


def bring_schema_to(revision: str, database_url: str, present: str | None) -> None:
    """Up, or back down: rows fit only into the schema that they were taken from. Raises BackupError."""
    if present == revision:
        return
    config = Config(str(PROJECT / "alembic.ini"))
    config.attributes["database_url"] = database_url
    try:
        if present is None or revision == "head":
            command.upgrade(config, revision)
        else:
            command.downgrade(config, revision)
    except CommandError as error:
        raise BackupError(
            f"This Tidedesk does not know the backup's schema {revision} ({error}).",
            "Restore it with the version that made it, or a later one.",
        ) from error
