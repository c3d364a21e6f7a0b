from __future__ import annotations

from projector.projections.projection import Projection, json_text, members, only_if_there, quoted
from read_models.history import HISTORY, PUBLIC_EVENTS

_PUBLIC = ", ".join(f"'{event_type}'" for event_type in PUBLIC_EVENTS)
_FROM_WHERE = ("ip_address", "user_agent", "request_id")

_EVENT = members(
    {
        "id": quoted("e.id"),
        "version": "e.version",
        "aggregate_type": quoted("e.aggregate_type"),
        "aggregate_id": quoted("e.aggregate_id"),
        "ordinal": "e.ordinal",
        "type": quoted("e.type"),
        "audience": f"""CASE
            WHEN e.type IN ({_PUBLIC}) OR e.data ->> 'visibility' = 'public' AND e.type = 'MessageAdded'
            THEN '"public"' ELSE '"internal"'
        END""",
        "actor_id": json_text("e.actor_id"),
        "data": "e.data",
        "occurred_at": "to_json(e.occurred_at)",
        **{name: json_text(f"e.{name}") for name in (*_FROM_WHERE, "session_id", "api_token_id")},
    }
)
_REVISION = ", ".join(only_if_there(name, f"revision.{name}") for name in ("locale", "number", "body"))
# Of whom nobody knows there is no aggregate.
_FAILED_SIGN_IN = members(
    {
        "id": quoted("f.id"),
        "version": "1",
        "aggregate_type": "'\"sign_in\"'",
        "aggregate_id": json_text("f.user_id"),
        "ordinal": "0",
        "type": "'\"SignInFailed\"'",
        "audience": "'\"internal\"'",
        "actor_id": "'null'",
        "data": "json_build_object('reason', f.reason)",
        "occurred_at": "to_json(f.occurred_at)",
        **{name: json_text(f"f.{name}") for name in _FROM_WHERE},
        "session_id": "'null'",
        "api_token_id": "'null'",
    }
)

# Asked by event id: events are append-only, so a document here is written once.
HISTORY_PROJECTION = Projection(
    model=HISTORY,
    sources=("domain_events", "sign_in_failures"),
    documents="SELECT id, version FROM domain_events UNION ALL SELECT id, 1 FROM sign_in_failures",
    by_event=True,
    rows=f"""
SELECT
    r.id::text AS document_id,
    r.id AS aggregate_id,
    COALESCE(e.version, 0) AS aggregate_version,
    e.aggregate_id AS root_id,
    NULL::text AS bucket,
    CASE
        WHEN e.id IS NOT NULL THEN textsend(concat('{{', {_EVENT}, {_REVISION}, '}}'))
        WHEN f.id IS NOT NULL THEN textsend(concat('{{', {_FAILED_SIGN_IN}, '}}'))
    END AS core,
    NULL::bytea AS extra
FROM unnest($1::uuid[]) AS r (id)
LEFT JOIN domain_events AS e ON e.id = r.id
LEFT JOIN LATERAL (
    SELECT * FROM sign_in_failures WHERE e.id IS NULL AND id = r.id OFFSET 0
) AS f ON true
LEFT JOIN LATERAL (
    SELECT locale, number, body FROM document_revisions
    WHERE document_id = e.aggregate_id AND locale = e.data ->> 'locale'
    -- Of another event there is no number here, so that it is not looked for.
    AND number = CASE WHEN e.type = 'DocumentDraftEdited' THEN (e.data ->> 'number')::integer END OFFSET 0
) AS revision ON true""",
)
