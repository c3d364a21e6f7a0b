"""Data-modifying statements made from the tables' columns, and their composition into one round trip.

Few rows travel as plain parameters: reading them as JSON would be a quarter of what the statement costs Postgres. Many
travel as one JSON parameter a table: any number of them in one text, so prepared statements are found again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, LargeBinary, Table

_PARAMETER = re.compile(r"\$(\d+)")
# Up to so many rows of a table have parameters of their own; each number of them is one more text to prepare.
FEW_ROWS = 3

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Fragment:
    """One data-modifying statement with its own parameters from $1, fit to stand in a WITH clause."""

    text: str
    parameter_count: int
    # A fragment that must touch exactly one row returns it; the others return nothing.
    must_match: bool = False


@dataclass(frozen=True, eq=False)
class RowsStatement:
    """One statement for any number of rows of one table."""

    columns: tuple[str, ...]
    # By the number of rows, from one.
    few: tuple[Fragment, ...]
    many: Fragment

    def of(self, rows: Sequence[Row]) -> tuple[Fragment, list[Any]]:
        if len(rows) > len(self.few):
            return self.many, [rows]
        return self.few[len(rows) - 1], [row.get(name) for row in rows for name in self.columns]


@dataclass(frozen=True, eq=False)
class RowStatement:
    """One statement that changes one row."""

    columns: tuple[str, ...]
    fragment: Fragment

    def arguments(self, row: Row) -> list[Any]:
        return [row.get(name) for name in self.columns]


def select_all(table: Table) -> str:
    return f"SELECT {', '.join(column.name for column in table.columns)} FROM {table.name}"


def insert_rows(table: Table, columns: Iterable[str] | None = None, on_conflict: str = "") -> RowsStatement:
    """A column that a row does not name is NULL. Identity columns are left to the server."""
    named = tuple(columns or (str(column.name) for column in table.columns if column.identity is None))
    listed = ", ".join(named)
    head = f"INSERT INTO {table.name} ({listed})"
    tail = f" ON CONFLICT {on_conflict}" if on_conflict else ""

    def row(number: int) -> str:
        first = number * len(named) + 1
        return f"({', '.join(_placeholder(table.c[name], first + place) for place, name in enumerate(named))})"

    few = tuple(
        Fragment(f"{head} VALUES {', '.join(row(number) for number in range(count))}{tail}", count * len(named))
        for count in range(1, FEW_ROWS + 1)
    )
    many = Fragment(
        f"{head} SELECT {listed} FROM json_populate_recordset(NULL::{table.name}, $1::json){tail}", parameter_count=1
    )
    return RowsStatement(named, few, many)


def update_versioned(table: Table) -> RowStatement:
    """Its parameters end with the row's id and the version it was loaded with."""
    fixed = {"id", "created_at"}
    named = [str(column.name) for column in table.columns if column.name not in fixed and column.identity is None]
    assigned = ", ".join(f"{name} = {_placeholder(table.c[name], place)}" for place, name in enumerate(named, 1))
    count = len(named) + 2
    text = f"UPDATE {table.name} SET {assigned} WHERE id = ${count - 1} AND version = ${count} RETURNING id"
    return RowStatement(tuple(named), Fragment(text, count, must_match=True))


def _placeholder(column: Column[Any], number: int) -> str:
    # Rows spell bytes as text, which JSON can carry.
    return f"${number}::text::bytea" if isinstance(column.type, LargeBinary) else f"${number}"


def update_rows(table: Table, columns: Iterable[str]) -> RowsStatement:
    """Of rows with `id`, `version` (the new one) and these columns, which are locked already."""
    assignments = ", ".join(f"{name} = changed.{name}" for name in ("version", *columns))
    many = Fragment(
        f"UPDATE {table.name} SET {assignments}"
        f" FROM json_populate_recordset(NULL::{table.name}, $1::json) AS changed"
        f" WHERE {table.name}.id = changed.id AND {table.name}.version = changed.version - 1",
        parameter_count=1,
    )
    return RowsStatement(("id", "version", *columns), (), many)


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
