from __future__ import annotations

from projector.projections.attachments import shown_attachments
from projector.projections.projection import (
    LAST_VERSION,
    Projection,
    columns,
    language_of,
    members,
    only_if_there,
    quoted,
)
from read_models.events import TICKET_DECIDING
from read_models.tickets import COLUMNS, NEWEST_MESSAGES, TICKETS

# Two limits, because customers do not see internal notes and shall still get as many messages.
_NEWEST = f"""
    SELECT position FROM messages WHERE ticket_id = t.id ORDER BY position DESC OFFSET {NEWEST_MESSAGES - 1} LIMIT 1"""
_NEWEST_PUBLIC = f"""
    SELECT position FROM messages WHERE ticket_id = t.id AND visibility = 'public'
    ORDER BY position DESC OFFSET {NEWEST_MESSAGES - 1} LIMIT 1"""

# What the counters count a ticket under.
BUCKET = "concat_ws(',', t.status, COALESCE(t.assignee_id::text, 'none'), COALESCE(t.group_id::text, 'none'))"

_MESSAGE = members(
    {
        "id": quoted("id"),
        "position": "position",
        "author_id": quoted("author_id"),
        "visibility": quoted("visibility"),
        "created_at": "to_json(created_at)",
    }
)
_MESSAGES = f"""
    SELECT
        COALESCE(string_agg(body, ', '::bytea) FILTER (WHERE visibility = 'public'), '') AS public_bodies,
        COALESCE(string_agg(body, ', '::bytea) FILTER (WHERE visibility = 'internal'), '') AS internal_bodies,
        COALESCE(string_agg(
            textsend(concat('{{', {_MESSAGE}, ', "body" : ')) || body
                || textsend(concat({only_if_there("html", "html")}, {shown_attachments("thread")}, '}}')),
            ', '::bytea
        ) FILTER (
            WHERE position >= shown.newest_from
            OR (visibility = 'public' AND position >= shown.newest_public_from)
        ), '') AS newest
    FROM (
        -- Escaped once, used twice; in the order of the index, so that nothing is sorted.
        SELECT
            id, position, author_id, visibility, created_at, json_send(to_json(body)) AS body, html, attachment_count
        FROM messages WHERE ticket_id = t.id ORDER BY position OFFSET 0
    ) AS thread"""

_CORE = members(
    {
        "id": quoted("t.id"),
        "version": "t.version",
        **columns("t", COLUMNS),
        "subject": "subject.escaped",
    }
)
_EXTRA = members(
    {
        "priority_rank": "CASE t.priority WHEN 'low' THEN 1 WHEN 'normal' THEN 2 WHEN 'high' THEN 3 ELSE 4 END",
        "subject_stemmed": ("'{\"'", "language.code", "'\" : '", "subject.escaped", "'}'"),
    }
)

# Of a deleted ticket its last event still says some of it.
_DECIDING = f"""CASE
        WHEN t.id IS NOT NULL THEN concat('{{', {members(columns("t", TICKET_DECIDING))}, '}}')
        ELSE (
            SELECT json_build_object(
                'requester_id', data ->> 'requester_id', 'organization_id', data ->> 'organization_id'
            )::text
            FROM domain_events WHERE aggregate_id = r.id AND type = 'TicketDeleted' ORDER BY version DESC LIMIT 1
        )
    END"""

TICKETS_PROJECTION = Projection(
    model=TICKETS,
    sources=("tickets",),
    decides=True,
    rows=f"""
SELECT
    r.id::text AS document_id,
    r.id AS aggregate_id,
    COALESCE(t.version, {LAST_VERSION}, 0) AS aggregate_version,
    NULL::uuid AS root_id,
    CASE WHEN t.id IS NOT NULL THEN {BUCKET} END AS bucket,
    CASE WHEN t.id IS NOT NULL
        THEN textsend(concat('{{', {_CORE}, ', "messages" : [')) || thread.newest || ']}}'
    END AS core,
    CASE WHEN t.id IS NOT NULL
        THEN textsend(concat('{{', {_EXTRA}, ', "public_text" : {{"', language.code, '" : [')) || thread.public_bodies
            || textsend(concat(']}}, "internal_text" : {{"', language.code, '" : [')) || thread.internal_bodies
            || ']}}}}'
    END AS extra,
    {_DECIDING} AS deciding
FROM unnest($1::uuid[]) AS r (id)
LEFT JOIN tickets AS t ON t.id = r.id
CROSS JOIN LATERAL (SELECT {language_of('t.locale')} AS code OFFSET 0) AS language
CROSS JOIN LATERAL (SELECT to_json(t.subject) AS escaped OFFSET 0) AS subject
CROSS JOIN LATERAL (
    SELECT
        CASE WHEN t.message_count > {NEWEST_MESSAGES} THEN COALESCE(({_NEWEST}), 0) ELSE 0 END AS newest_from,
        CASE WHEN t.message_count > {NEWEST_MESSAGES} THEN COALESCE(({_NEWEST_PUBLIC}), 0) ELSE 0 END
            AS newest_public_from
    OFFSET 0
) AS shown
LEFT JOIN LATERAL ({_MESSAGES}) AS thread ON t.id IS NOT NULL""",
)
