"""Set-wise look-ups for batches, where one query a record would be the cost."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Table

from write_api.persistence.session import Session


async def known_external_ids(session: Session, table: Table, external_ids: Iterable[str]) -> set[str]:
    rows = await session.fetch(
        f"SELECT external_id FROM {table.name} WHERE external_id = ANY($1::text[])", list(external_ids)
    )
    return {row["external_id"] for row in rows}


async def user_ids_by_email(session: Session, emails: Iterable[str]) -> dict[str, UUID]:
    rows = await session.fetch("SELECT email, id FROM users WHERE email = ANY($1::text[])", list(emails))
    return {row["email"]: row["id"] for row in rows}


async def ids_by_external_id(session: Session, table: Table, external_ids: Iterable[str]) -> dict[str, UUID]:
    rows = await session.fetch(
        f"SELECT external_id, id FROM {table.name} WHERE external_id = ANY($1::text[])", list(external_ids)
    )
    return {row["external_id"]: row["id"] for row in rows}
