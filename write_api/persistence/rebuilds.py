"""Wishes for the projector: it takes up what is in the table, whoever wakes it."""

from __future__ import annotations

from collections.abc import Sequence

from domain.operations.operation import Operation
from domain.operations.read_models import ReadModelName
from domain.operations.rebuilds import ReadModelState, WishKind
from write_api.persistence.session import Session
from write_api.persistence.sql import Fragment

# Whoever rebuilds says so once a second.
SILENT_AFTER_S = 15

# Of this table alone, and commands of operators are few.
_ALONE = "LOCK TABLE projection_wishes IN SHARE ROW EXCLUSIVE MODE"
_STATES = f"""
SELECT asked.name, wish.kind AS wish, progress.projection IS NOT NULL AS is_begun,
    COALESCE(
        progress.updated_at > clock_timestamp() - interval '{SILENT_AFTER_S} s'
        AND progress.updated_at > COALESCE(refused.refused_at, '-infinity'),
        false
    ) AS is_at_work,
    COALESCE(wish.paused_at, progress.paused_at) IS NOT NULL AS is_paused,
    EXISTS (
        SELECT FROM projection_targets AS kept WHERE kept.projection = asked.name AND kept.state = 'retired'
    ) AS has_kept_index
FROM unnest($1::text[]) WITH ORDINALITY AS asked (name, place)
LEFT JOIN projection_wishes AS wish ON wish.projection = asked.name AND wish.refused_at IS NULL
LEFT JOIN projection_wishes AS refused ON refused.projection = asked.name AND refused.refused_at IS NOT NULL
LEFT JOIN rebuild_progress AS progress ON progress.projection = asked.name
ORDER BY asked.place"""
_WISH = Fragment(
    "INSERT INTO projection_wishes AS old (projection, kind, operation_id)"
    " SELECT name, $2::text, $3::uuid FROM unnest($1::text[]) AS wished (name)"
    " ON CONFLICT (projection) DO UPDATE SET kind = excluded.kind, operation_id = excluded.operation_id,"
    " wished_at = excluded.wished_at, paused_at = NULL, refused_at = NULL, problem = NULL",
    parameter_count=3,
)
# What waits and what has begun: whichever there is. Also for the commands of the projector.
PAUSE = tuple(
    f"UPDATE {table} SET paused_at = COALESCE(paused_at, clock_timestamp()){more} WHERE projection = $1{only}"
    for table, more, only in (
        ("projection_wishes", "", " AND refused_at IS NULL"),
        ("rebuild_progress", ", rate = NULL", ""),
    )
)
UNPAUSE = tuple(
    f"UPDATE {table} SET paused_at = NULL WHERE projection = $1 AND paused_at IS NOT NULL{only}"
    for table, only in (("projection_wishes", " AND refused_at IS NULL"), ("rebuild_progress", ""))
)


class RebuildRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def states_of(self, names: Sequence[ReadModelName]) -> list[ReadModelState]:
        await self._session.begin()
        await self._session.connection.execute(_ALONE)
        rows = await self._session.fetch(_STATES, [name.value for name in names])
        return [
            ReadModelState(
                **{
                    **row,
                    "name": ReadModelName(row["name"]),
                    "wish": None if row["wish"] is None else WishKind(row["wish"]),
                }
            )
            for row in rows
        ]

    async def wish(self, kind: WishKind, names: Sequence[ReadModelName], operation: Operation) -> None:
        self._session.plan.execute(_WISH, [name.value for name in names], kind.value, operation.id)

    async def pause(self, name: ReadModelName) -> None:
        for sql in PAUSE:
            self._session.plan.execute(Fragment(sql, parameter_count=1), name.value)

    async def unpause(self, name: ReadModelName) -> None:
        for sql in UNPAUSE:
            self._session.plan.execute(Fragment(sql, parameter_count=1), name.value)
