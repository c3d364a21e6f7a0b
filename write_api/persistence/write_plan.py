from __future__ import annotations

from typing import Any
from uuid import UUID

from write_api.persistence.sql import Fragment, Row, RowsStatement, compose


class WritePlan:
    """What one unit of work will write, collected until commit and sent as one statement."""

    def __init__(self) -> None:
        self._rows: dict[RowsStatement, list[Row]] = {}
        self._steps: list[tuple[Fragment, tuple[Any, ...]]] = []
        self._saved_ids: set[UUID] = set()

    @property
    def is_empty(self) -> bool:
        return not self._rows and not self._steps

    def insert(self, statement: RowsStatement, *rows: Row) -> None:
        """Rows for one statement are inserted together, in the order given."""
        if rows:
            self._rows.setdefault(statement, []).extend(rows)

    def execute(self, fragment: Fragment, *arguments: Any) -> None:
        self._steps.append((fragment, arguments))

    def saves_once(self, aggregate_id: UUID) -> None:
        # Two changes of one row in one statement: Postgres would silently keep only one of them.
        if aggregate_id in self._saved_ids:
            raise RuntimeError(f"aggregate {aggregate_id} is saved twice in one unit of work")
        self._saved_ids.add(aggregate_id)

    def statement(self) -> tuple[str, list[Any]]:
        fragments: list[Fragment] = []
        arguments: list[Any] = []
        for statement, rows in self._rows.items():
            fragment, row_arguments = statement.of(rows)
            fragments.append(fragment)
            arguments += row_arguments
        for fragment, step_arguments in self._steps:
            fragments.append(fragment)
            arguments += step_arguments
        return compose(tuple(fragments)), arguments
