"""What keeps versions of an aggregate from counting as applied, as Postgres knows it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from projector.locks import Connection
from projector.sinks.redis import Update
from read_models.guard import Versions, held_text

# Asked after the documents were read: of every version that they show, what is not done is still here.
_HELD = """
SELECT root.id AS root_id, pending.aggregate_version AS first_version, pending.aggregate_version AS last_version
FROM unnest($1::uuid[]) AS root (id)
CROSS JOIN LATERAL (SELECT id, aggregate_version FROM pending_changes WHERE root_id = root.id OFFSET 0) AS pending
WHERE NOT EXISTS (SELECT 1 FROM unnest($2::bigint[]) AS done (id) WHERE done.id = pending.id)
UNION ALL
SELECT root_id, first_version, aggregate_version FROM outbox_dead WHERE root_id = ANY ($1::uuid[])"""


async def hold(connection: Connection, updates: Iterable[Update], done_ids: Sequence[int]) -> None:
    """Notes in each update which versions are not wholly projected, with the rows `done_ids` taken as gone."""
    by_id = {update.aggregate_id: update for update in updates}
    if not by_id:
        return
    held: dict[UUID, list[Versions]] = defaultdict(list)
    for row in await connection.fetch(_HELD, list(by_id), done_ids):
        held[row["root_id"]].append((row["first_version"], row["last_version"]))
    for root_id, ranges in held.items():
        by_id[root_id].held = held_text(ranges, by_id[root_id].aggregate_version)
