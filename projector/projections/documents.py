"""Published documents and drafts: both are one per knowledge document and locale."""

from __future__ import annotations

from projector.projections.projection import LAST_VERSION, Projection, language_of
from read_models.documents import DOCUMENT_DRAFTS, DOCUMENTS

_ROW = f"""
    CASE WHEN known.locale IS NOT NULL THEN r.id || ':' || known.locale END AS document_id,
    r.id AS aggregate_id,
    COALESCE(d.version, {LAST_VERSION}, 0) AS aggregate_version,
    NULL::uuid AS root_id,
    NULL::text AS bucket"""

_SHARED_FIELDS = """
        'id', d.id, 'version', d.version, 'slug', d.slug, 'locale', t.locale, 'default_locale', d.default_locale,
        'title', revision.title, 'body', revision.body, 'html', revision.html, 'visibility', d.visibility,
        'group_ids', COALESCE(shown_to.group_ids, '[]'), 'category_id', d.category_id, 'tags', d.tags,
        'revision', revision.number, 'author_id', revision.author_id, 'published_at', t.published_at"""

_EXTRA = """
        'title_stemmed', json_build_object(language.code, revision.title),
        'text', json_build_object(language.code, revision.plain_text)"""

# That it is taken down concerns readers only if they could ever read it.
_DECIDING = """CASE WHEN d.id IS NOT NULL THEN json_build_object(
        'visibility', d.visibility, 'group_ids', COALESCE(shown_to.group_ids, '[]'), 'was_published', EXISTS (
            SELECT 1 FROM domain_events WHERE aggregate_id = d.id AND type = 'DocumentPublished'
        )
    )::text END"""


def _from(number: str) -> str:
    return f"""
FROM unnest($1::uuid[]) AS r (id)
LEFT JOIN documents AS d ON d.id = r.id
LEFT JOIN LATERAL (
    SELECT locale FROM document_translations WHERE document_id = d.id
    UNION
    -- Of a deleted document only its history still knows in which locales it was.
    SELECT data ->> 'locale' FROM domain_events
    WHERE d.id IS NULL AND aggregate_id = r.id AND aggregate_type = 'document' AND data ->> 'locale' IS NOT NULL
) AS known ON true
LEFT JOIN document_translations AS t ON t.document_id = d.id AND t.locale = known.locale
LEFT JOIN document_revisions AS revision
    ON revision.document_id = d.id AND revision.locale = t.locale AND revision.number = {number}
CROSS JOIN LATERAL (SELECT {language_of('t.locale')} AS code OFFSET 0) AS language
LEFT JOIN LATERAL (
    SELECT json_agg(group_id ORDER BY group_id) AS group_ids FROM document_groups WHERE document_id = d.id
) AS shown_to ON d.id IS NOT NULL"""


def _present(number: str) -> str:
    return f"""
SELECT d.id, d.version FROM documents AS d
JOIN document_translations AS t ON t.document_id = d.id
JOIN document_revisions AS revision
    ON revision.document_id = d.id AND revision.locale = t.locale AND revision.number = {number}"""


DOCUMENTS_PROJECTION = Projection(
    model=DOCUMENTS,
    sources=("documents",),
    documents=_present("t.published_number"),
    decides=True,
    rows=f"""
SELECT {_ROW},
    CASE WHEN revision.number IS NOT NULL THEN json_send(json_build_object(
        {_SHARED_FIELDS}, 'status', 'published', 'updated_at', t.published_at
    )) END AS core,
    CASE WHEN revision.number IS NOT NULL THEN json_send(json_build_object({_EXTRA})) END AS extra,
    {_DECIDING} AS deciding
{_from('t.published_number')}""",
)

DOCUMENT_DRAFTS_PROJECTION = Projection(
    model=DOCUMENT_DRAFTS,
    sources=("documents",),
    documents=_present("t.draft_number"),
    rows=f"""
SELECT {_ROW},
    CASE WHEN revision.number IS NOT NULL THEN json_send(json_build_object(
        {_SHARED_FIELDS},
        'status', CASE
            WHEN t.archived THEN 'archived' WHEN t.publish_at IS NOT NULL THEN 'scheduled' ELSE t.draft_state
        END,
        'publish_at', t.publish_at, 'comment', t.comment, 'created_at', d.created_at, 'updated_at', t.updated_at,
        'revisions', history.revisions
    )) END AS core,
    CASE WHEN revision.number IS NOT NULL THEN json_send(json_build_object({_EXTRA})) END AS extra
{_from('t.draft_number')}
CROSS JOIN LATERAL (
    SELECT json_agg(
        json_build_object(
            'number', number, 'title', title, 'author_id', author_id, 'created_at', created_at,
            'published', number IS NOT DISTINCT FROM t.published_number
        ) ORDER BY number DESC
    ) AS revisions
    FROM document_revisions WHERE document_id = d.id AND locale = t.locale
) AS history""",
)
