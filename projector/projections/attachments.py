from __future__ import annotations

from projector.projections.projection import LAST_VERSION, Projection, json_text, members, quoted
from read_models.attachments import ATTACHMENTS

_SHOWN = members(
    {
        "id": quoted("a.id"),
        "file_name": json_text("a.file_name"),
        "media_type": json_text("a.media_type"),
        "size_bytes": "a.size_bytes",
    }
)


def shown_attachments(message: str) -> str:
    """SQL: arguments of concat() that add the member `attachments` to a message, where it has any."""
    return f"""CASE WHEN {message}.attachment_count > 0 THEN concat(', "attachments" : [', (
        SELECT string_agg(concat('{{', {_SHOWN}, '}}'), ', ' ORDER BY a.id)
        FROM attachments AS a WHERE a.message_id = {message}.id
    ), ']') END"""


ATTACHMENTS_PROJECTION = Projection(
    model=ATTACHMENTS,
    # Those that wait for a message are nobody's to see.
    sources=("attachments WHERE message_id IS NOT NULL",),
    documents="SELECT id, version FROM attachments WHERE message_id IS NOT NULL",
    rows=f"""
SELECT
    CASE WHEN a.id IS NULL OR a.message_id IS NOT NULL THEN r.id::text END AS document_id,
    r.id AS aggregate_id,
    COALESCE(a.version, {LAST_VERSION}, 0) AS aggregate_version,
    m.ticket_id AS root_id,
    NULL::text AS bucket,
    CASE WHEN a.message_id IS NOT NULL THEN json_send(json_build_object(
        'id', a.id, 'version', a.version, 'ticket_id', m.ticket_id, 'message_id', m.id, 'visibility', m.visibility,
        'file_name', a.file_name, 'media_type', a.media_type, 'size_bytes', a.size_bytes,
        'sha256', encode(a.sha256, 'hex'), 'storage_key', a.storage_key, 'created_at', a.created_at
    )) END AS core,
    NULL::bytea AS extra
FROM unnest($1::uuid[]) AS r (id)
LEFT JOIN attachments AS a ON a.id = r.id
LEFT JOIN messages AS m ON m.id = a.message_id""",
)
