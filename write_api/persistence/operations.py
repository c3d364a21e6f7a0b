"""What operators ask of the projector."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import asyncpg

from domain.operations.dead_letters import DeadLetter
from domain.operations.errors import DeadLetterNotFound
from domain.operations.operation import Operation
from domain.operations.read_models import ReadModelName
from write_api.persistence.enqueue import Connection, enqueue
from write_api.persistence.session import Session

REPLAY = "Replay"

_SELECT = "SELECT id, projection, document_id FROM outbox_dead"
_SELECT_OF = f"{_SELECT} WHERE $1::text IS NULL OR projection = $1 ORDER BY id"
# A letter that was asked for by an event, a line of history, has the event's id. A sentinel is tried again by the next.
_ASKED_FOR = """
SELECT DISTINCT CASE WHEN document_id = event_id::text THEN 'event' ELSE aggregate_type END AS type,
    CASE WHEN document_id = event_id::text THEN event_id ELSE aggregate_id END AS id
FROM outbox_dead WHERE id = ANY ($1::bigint[]) AND aggregate_type <> 'sentinel'"""


async def replay_letters(connection: Connection, letter_ids: Sequence[int]) -> None:
    """A letter stays until its document was projected."""
    wanted: dict[str, set[UUID]] = defaultdict(set)
    for row in await connection.fetch(_ASKED_FOR, letter_ids):
        wanted[row["type"]].add(row["id"])
    for aggregate_type, ids in wanted.items():
        await enqueue(connection, aggregate_type, ids, REPLAY)


class DeadLetterRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def get(self, letter_id: int) -> DeadLetter:
        row = await self._session.fetch_row(f"{_SELECT} WHERE id = $1", letter_id)
        if row is None:
            raise DeadLetterNotFound(letter_id)
        return _to_letter(row)

    async def all_of(self, projection: ReadModelName | None) -> list[DeadLetter]:
        name = None if projection is None else projection.value
        return [_to_letter(row) for row in await self._session.fetch(_SELECT_OF, name)]

    async def replay(self, letters: Sequence[DeadLetter]) -> None:
        await self._session.begin()
        await replay_letters(self._session.connection, [letter.id for letter in letters])


class OperationRepository:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, operation: Operation) -> None:
        self._session.happened(operation)


def _to_letter(row: asyncpg.Record) -> DeadLetter:
    return DeadLetter(**row)
