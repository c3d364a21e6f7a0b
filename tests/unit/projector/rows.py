from __future__ import annotations

from uuid import UUID

from projector.relay.claim import Claim, Rows


def claimed(*rows: tuple[str, UUID, int, UUID | None, UUID | None]) -> Claim:
    """Of rows: aggregate type, aggregate id, id of the row, event id, root of a part. The place is made of the id."""
    claim = Claim()
    for aggregate_type, aggregate_id, id_, event_id, root_id in rows:
        columns = claim.by_type.setdefault(aggregate_type, Rows(aggregate_type))
        columns.places.append((0, id_))
        columns.ids.append(id_)
        columns.aggregate_ids.append(aggregate_id)
        columns.event_ids.append(event_id)
        columns.roots_of_parts.append(root_id)
    return claim
