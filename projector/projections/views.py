from __future__ import annotations

from projector.projections.projection import LAST_VERSION, Projection
from read_models.views import VIEWS

VIEWS_PROJECTION = Projection(
    model=VIEWS,
    sources=("views",),
    rows=f"""
SELECT
    r.id::text AS document_id,
    r.id AS aggregate_id,
    COALESCE(v.version, {LAST_VERSION}, 0) AS aggregate_version,
    NULL::uuid AS root_id,
    NULL::text AS bucket,
    CASE WHEN v.id IS NOT NULL THEN json_send(json_build_object(
        'id', v.id, 'version', v.version, 'owner_id', v.owner_id, 'name', v.name, 'query', v.query, 'sort', v.sort,
        'shared_with', v.shared_with, 'group_id', v.group_id, 'created_at', v.created_at, 'updated_at', v.updated_at
    )) END AS core,
    NULL::bytea AS extra
FROM unnest($1::uuid[]) AS r (id)
LEFT JOIN views AS v ON v.id = r.id""",
)
