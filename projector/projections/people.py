from __future__ import annotations

from projector.projections.projection import LAST_VERSION, Projection
from read_models.people import PEOPLE

PEOPLE_PROJECTION = Projection(
    model=PEOPLE,
    sources=("users", "groups", "organizations"),
    rows=f"""
SELECT
    r.id::text AS document_id,
    r.id AS aggregate_id,
    COALESCE(u.version, g.version, o.version, {LAST_VERSION}, 0) AS aggregate_version,
    NULL::uuid AS root_id,
    NULL::text AS bucket,
    CASE
        WHEN u.id IS NOT NULL THEN json_send(json_build_object(
            'id', u.id, 'version', u.version, 'kind', 'user', 'name', u.name, 'email', u.email, 'role', u.role,
            'ticket_access', u.ticket_access, 'organization_id', u.organization_id,
            'group_ids', COALESCE(membership.group_ids, '[]'), 'locale', u.locale, 'active', u.active,
            'created_at', u.created_at, 'updated_at', u.updated_at
        ))
        WHEN g.id IS NOT NULL THEN json_send(json_build_object(
            'id', g.id, 'version', g.version, 'kind', 'group', 'name', g.name, 'description', g.description,
            'created_at', g.created_at, 'updated_at', g.updated_at
        ))
        WHEN o.id IS NOT NULL THEN json_send(json_build_object(
            'id', o.id, 'version', o.version, 'kind', 'organization', 'name', o.name, 'domains', o.domains,
            'shares_tickets', o.shares_tickets, 'created_at', o.created_at, 'updated_at', o.updated_at
        ))
    END AS core,
    NULL::bytea AS extra
FROM unnest($1::uuid[]) AS r (id)
LEFT JOIN users AS u ON u.id = r.id
LEFT JOIN groups AS g ON g.id = r.id
LEFT JOIN organizations AS o ON o.id = r.id
LEFT JOIN LATERAL (
    SELECT json_agg(group_id ORDER BY group_id) AS group_ids FROM user_groups WHERE user_id = u.id
) AS membership ON u.id IS NOT NULL""",
)
