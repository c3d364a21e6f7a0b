"""Reading in one round trip who asks and what the command will need first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias, Union

import asyncpg

from write_api.persistence.sql import shifted

Row: TypeAlias = Union[Mapping[str, Any], asyncpg.Record]
# Columns of the first query; those of the one beside it keep their names.
OWN = "own__"
FOUND = "beside__found"


@dataclass(frozen=True)
class Ahead:
    """A query of at most one row, as a repository will ask it in a moment."""

    sql: str
    arguments: tuple[Any, ...]


@lru_cache(maxsize=128)
def side_by_side(first: str, parameter_count: int, beside: str) -> str:
    """`first` has one row or none; without it, what is beside it is not read."""
    return (
        f"SELECT * FROM ({first}) AS first"
        f" LEFT JOIN LATERAL (SELECT true AS {FOUND}, beside.* FROM ({shifted(beside, parameter_count)}) AS beside)"
        " AS beside ON true"
    )


def beside_of(row: Row) -> Row | None:
    """The part of a row of `side_by_side` that the other query would have answered."""
    if row[FOUND] is None:
        return None
    return {name: value for name, value in row.items() if name != FOUND and not name.startswith(OWN)}
