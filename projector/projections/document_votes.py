from __future__ import annotations

from projector.projections.projection import Projection
from read_models.document_votes import DOCUMENT_VOTES

DOCUMENT_VOTES_PROJECTION = Projection(
    model=DOCUMENT_VOTES,
    sources=("document_votes",),
    rows="""
SELECT
    r.id::text AS document_id,
    r.id AS aggregate_id,
    COALESCE(v.version, 0) AS aggregate_version,
    NULL::uuid AS root_id,
    NULL::text AS bucket,
    CASE WHEN v.id IS NOT NULL THEN json_send(json_build_object(
        'id', v.id, 'version', v.version, 'document_id', v.document_id, 'locale', v.locale, 'helpful', v.helpful,
        'commented', v.comment <> '', 'comment', v.comment, 'created_at', v.created_at, 'updated_at', v.updated_at
    )) END AS core,
    NULL::bytea AS extra
FROM unnest($1::uuid[]) AS r (id)
LEFT JOIN document_votes AS v ON v.id = r.id""",
)
