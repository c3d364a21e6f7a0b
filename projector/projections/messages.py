from __future__ import annotations

from projector.projections.attachments import shown_attachments
from projector.projections.projection import Projection, json_text, members, only_if_there, quoted
from read_models.messages import MESSAGES

_CORE = members(
    {
        "id": quoted("m.id"),
        "version": "1",
        "ticket_id": quoted("m.ticket_id"),
        "position": "m.position",
        "author_id": json_text("m.author_id"),
        "visibility": json_text("m.visibility"),
        "created_at": json_text("m.created_at"),
    }
)

# A message never changes, so its own version is always 1; it counts as applied with its ticket.
MESSAGES_PROJECTION = Projection(
    model=MESSAGES,
    sources=("messages",),
    documents="SELECT id, 1 AS version FROM messages",
    decides=True,
    rows=f"""
SELECT
    r.id::text AS document_id,
    r.id AS aggregate_id,
    1::bigint AS aggregate_version,
    m.ticket_id AS root_id,
    NULL::text AS bucket,
    CASE WHEN m.id IS NOT NULL
        THEN textsend(concat('{{', {_CORE}, ', "body" : ')) || json_send(to_json(m.body))
            || textsend(concat({only_if_there('html', 'm.html')}, {shown_attachments("m")}, '}}')) END AS core,
    NULL::bytea AS extra,
    m.visibility AS deciding
FROM unnest($1::uuid[]) AS r (id)
LEFT JOIN messages AS m ON m.id = r.id""",
)
