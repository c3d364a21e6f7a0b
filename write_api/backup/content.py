"""What of a database a backup holds, in the order in which it can be put back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Table

from write_api.persistence.tables import metadata
from write_api.persistence.tables.outbox import TransactionId

# Where the indices are belongs to the stores beside, not to the desk. And nobody stays signed in: who was signed out
# after the backup would be in again.
LEFT_OUT = frozenset(
    (
        *("projection_targets", "rebuild_progress", "projection_wishes"),
        *("sessions", "refresh_tokens", "sso_sessions", "password_resets"),
    )
)
SEQUENCES = ("ticket_number", "projection_version")


@dataclass(frozen=True)
class Part:
    """Rows of one table. `columns` are those whose values can be put back."""

    table: str
    columns: tuple[str, ...]
    rows: int = 0

    @property
    def member(self) -> str:
        return f"tables/{self.table}.copy"

    @property
    def select(self) -> str:
        return f"SELECT {', '.join(self.columns)} FROM {self.table}"


def parts() -> list[Part]:
    """Whatever a table refers to comes before it."""
    return [Part(table.name, tuple(_kept(table))) for table in metadata.sorted_tables if table.name not in LEFT_OUT]


def identities() -> list[tuple[str, str]]:
    """Tables and their columns that Postgres counts up by itself."""
    return [
        (table.name, column.name)
        for table in metadata.sorted_tables
        for column in table.columns
        if column.identity is not None
    ]


def _kept(table: Table) -> Iterable[str]:
    # Numbers of transactions mean something in their own cluster only.
    return (
        column.name
        for column in table.columns
        if column.computed is None and not isinstance(column.type, TransactionId)
    )
