from __future__ import annotations

from projector.projections.projection import Projection
from read_models.history import HISTORY, PUBLIC_EVENTS

_PUBLIC = ", ".join(f"'{event_type}'" for event_type in PUBLIC_EVENTS)

# Asked by event id: events are append-only, so a document here is written once.
HISTORY_PROJECTION = Projection(
    model=HISTORY,
    sources=("domain_events WHERE aggregate_type IN ('ticket', 'document')",),
    by_event=True,
    rows=f"""
SELECT
    r.id::text AS document_id,
    r.id AS aggregate_id,
    COALESCE(e.version, 0) AS aggregate_version,
    e.aggregate_id AS root_id,
    NULL::text AS bucket,
    CASE WHEN e.id IS NOT NULL THEN json_build_object(
        'id', e.id, 'version', e.version, 'aggregate_type', e.aggregate_type, 'aggregate_id', e.aggregate_id,
        'ordinal', e.ordinal, 'type', e.type,
        'audience', CASE
            WHEN e.type IN ({_PUBLIC}) OR e.data ->> 'visibility' = 'public' AND e.type = 'MessageAdded'
            THEN 'public' ELSE 'internal'
        END,
        'actor_id', e.actor_id, 'data', e.data, 'occurred_at', e.occurred_at
    ) END AS core,
    NULL::json AS extra
FROM unnest($1::uuid[]) AS r (id)
LEFT JOIN domain_events AS e ON e.id = r.id""",
)
