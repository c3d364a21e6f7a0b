"""The naming convention and the column shapes that every table shares."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, MetaData, Text, func
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.sql.functions import Function

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Uuid = UUID(as_uuid=True)
Instant = DateTime(timezone=True)


def primary_id() -> Column[Any]:
    return Column("id", Uuid, primary_key=True)


def versioned() -> list[Column[Any]]:
    """Version for optimistic locking, and the two times every aggregate keeps."""
    return [
        Column("version", BigInteger, nullable=False),
        Column("created_at", Instant, nullable=False),
        Column("updated_at", Instant, nullable=False),
    ]


def external_id() -> Column[Any]:
    """The id a record had where it was imported from; makes imports idempotent."""
    return Column("external_id", Text, unique=True)


def one_of(column: str, values: Iterable[str], name: str | None = None) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=name or column)


def length_between(column: str, low: int, high: int) -> CheckConstraint:
    return CheckConstraint(f"char_length({column}) BETWEEN {low} AND {high}", name=f"{column}_length")


def now_default() -> Function[Any]:
    return func.clock_timestamp()
