from __future__ import annotations

from projector.projections.projection import LAST_VERSION, Projection
from read_models.catalog import CATALOG

CATALOG_PROJECTION = Projection(
    model=CATALOG,
    sources=("categories", "ticket_fields"),
    rows=f"""
SELECT
    r.id::text AS document_id,
    r.id AS aggregate_id,
    COALESCE(c.version, f.version, {LAST_VERSION}, 0) AS aggregate_version,
    NULL::uuid AS root_id,
    NULL::text AS bucket,
    CASE
        WHEN c.id IS NOT NULL THEN json_send(json_build_object(
            'id', c.id, 'version', c.version, 'kind', 'category', 'parent_id', c.parent_id, 'position', c.position,
            'names', COALESCE(translated.names, '{{}}'), 'created_at', c.created_at, 'updated_at', c.updated_at
        ))
        WHEN f.id IS NOT NULL THEN json_send(json_build_object(
            'id', f.id, 'version', f.version, 'kind', 'ticket_field', 'key', f.key, 'label', f.label,
            'type', f.type, 'options', f.options, 'active', f.active,
            'created_at', f.created_at, 'updated_at', f.updated_at
        ))
    END AS core,
    NULL::bytea AS extra
FROM unnest($1::uuid[]) AS r (id)
LEFT JOIN categories AS c ON c.id = r.id
LEFT JOIN ticket_fields AS f ON f.id = r.id
LEFT JOIN LATERAL (
    SELECT json_object_agg(locale, name ORDER BY locale) AS names FROM category_names WHERE category_id = c.id
) AS translated ON c.id IS NOT NULL""",
)
