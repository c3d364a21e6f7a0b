"""Data-modifying statements made from the tables' columns, and their composition into one round trip.

Rows travel as one JSON parameter a table: one encoding for every column type, any number of rows in one text, so the
server's prepared statements are found again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Table

_PARAMETER = re.compile(r"\$(\d+)")


@dataclass(frozen=True)
class Fragment:
    """One data-modifying statement with its own parameters from $1, fit to stand in a WITH clause."""

    text: str
    parameter_count: int
    # A fragment that must touch exactly one row returns it; the others return nothing.
    must_match: bool = False


def select_all(table: Table) -> str:
    return f"SELECT {', '.join(column.name for column in table.columns)} FROM {table.name}"


def insert_rows(table: Table, columns: Iterable[str] | None = None, on_conflict: str = "") -> Fragment:
    """Parameter: the rows, a list of objects. Identity columns are left to the server."""
    listed = ", ".join(columns or (column.name for column in table.columns if column.identity is None))
    return Fragment(
        f"INSERT INTO {table.name} ({listed})"
        f" SELECT {listed} FROM json_populate_recordset(NULL::{table.name}, $1::json)"
        + (f" ON CONFLICT {on_conflict}" if on_conflict else ""),
        parameter_count=1,
    )


def update_versioned(table: Table) -> Fragment:
    """Parameters: the row, its id, the version it was loaded with."""
    fixed = {"id", "created_at"}
    changed = [column.name for column in table.columns if column.name not in fixed and column.identity is None]
    assignments = ", ".join(f"{name} = changed.{name}" for name in changed)
    return Fragment(
        f"UPDATE {table.name} SET {assignments}"
        f" FROM json_populate_record(NULL::{table.name}, $1::json) AS changed"
        f" WHERE {table.name}.id = $2 AND {table.name}.version = $3 RETURNING {table.name}.id",
        parameter_count=3,
        must_match=True,
    )


def update_rows(table: Table, columns: Iterable[str]) -> Fragment:
    """Parameter: rows of `id`, `version` (the new one) and these columns. For rows that are locked already."""
    assignments = ", ".join(f"{name} = changed.{name}" for name in ("version", *columns))
    return Fragment(
        f"UPDATE {table.name} SET {assignments}"
        f" FROM json_populate_recordset(NULL::{table.name}, $1::json) AS changed"
        f" WHERE {table.name}.id = changed.id AND {table.name}.version = changed.version - 1",
        parameter_count=1,
    )


def delete_versioned(table: Table) -> Fragment:
    """Parameters: the id, the version it was loaded with."""
    return Fragment(
        f"DELETE FROM {table.name} WHERE id = $1 AND version = $2 RETURNING id",
        parameter_count=2,
        must_match=True,
    )


@lru_cache(maxsize=512)
def compose(fragments: tuple[Fragment, ...]) -> str:
    """One statement that runs all fragments and tells the transaction id.

    It fails (`LOST_RACE`) where one that must match does not, so that it needs no transaction around it.
    """
    clauses, matched, offset = [], [], 0
    for position, fragment in enumerate(fragments):
        clauses.append(f"w{position} AS ({shifted(fragment.text, offset)})")
        if fragment.must_match:
            matched.append(f"(SELECT count(*) FROM w{position})")
        offset += fragment.parameter_count
    all_matched = f", 1 / ({' + '.join(matched)} = {len(matched)})::int" if matched else ""
    return f"WITH {', '.join(clauses)} SELECT pg_current_xact_id()::text AS xid{all_matched}"


def shifted(text: str, offset: int) -> str:
    """With its parameters numbered from $1 + offset."""
    return _PARAMETER.sub(lambda match: f"${int(match.group(1)) + offset}", text)
