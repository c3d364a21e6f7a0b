from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from write_api.persistence.sql import Fragment, compose

Row = Mapping[str, Any]


class WritePlan:
    """What one unit of work will write, collected until commit and sent as one statement."""

    def __init__(self) -> None:
        self._rows: dict[Fragment, list[Row]] = {}
        self._steps: list[tuple[Fragment, tuple[Any, ...]]] = []
        self._saved_ids: set[UUID] = set()

    @property
    def is_empty(self) -> bool:
        return not self._rows and not self._steps

    def insert(self, fragment: Fragment, *rows: Row) -> None:
        """Rows for one fragment are inserted together, in the order given."""
        if rows:
            self._rows.setdefault(fragment, []).extend(rows)

    def execute(self, fragment: Fragment, *arguments: Any) -> None:
        self._steps.append((fragment, arguments))

    def saves_once(self, aggregate_id: UUID) -> None:
        # Two changes of one row in one statement: Postgres would silently keep only one of them.
        if aggregate_id in self._saved_ids:
            raise RuntimeError(f"aggregate {aggregate_id} is saved twice in one unit of work")
        self._saved_ids.add(aggregate_id)

    def statement(self) -> tuple[str, list[Any]]:
        fragments = [*self._rows, *(fragment for fragment, _ in self._steps)]
        arguments: list[Any] = list(self._rows.values())
        for _, step_arguments in self._steps:
            arguments.extend(step_arguments)
        return compose(tuple(fragments)), arguments
